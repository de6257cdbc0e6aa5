"""A whole spoken conversation in a real Chromium: real speech goes in, an interruption among it; answers are hummed."""

import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from tests.support.browser import chromium, visit
from tests.support.live_server import live_server
from tests.support.scripted_talk import RATE_HZ, KnowingRecognizer, OrderlyReplier, talking_app

ASSETS = Path(__file__).parents[2] / "assets"
MICROPHONE_HZ = 48_000
FIRST, SECOND = "And so, my fellow Americans.", "Ask what you can do for your country."
NOD, THIRD = "嗯嗯", "广州市房地产中介协会分析"
LONG = '"' + "One river after the other flows to the sea. " * 12 + '"'
ANSWERS = ['"Yes, I am listening."', LONG, '"那就说到这里。"']


@pytest.fixture(scope="module")
def speech() -> dict[str, np.ndarray]:
    """Utterances of the recordings, by what they count as in this test."""
    jfk = soundfile.read(ASSETS / "jfk.wav", dtype="float32")[0]
    aishell = soundfile.read(ASSETS / "aishell.wav", dtype="float32")[0]
    cut = {FIRST: (0.2, 2.4), NOD: (3.2, 4.5), SECOND: (8.0, 10.8)}
    spoken = {text: jfk[int(start * RATE_HZ) : int(end * RATE_HZ)] for text, (start, end) in cut.items()}
    return spoken | {THIRD: aishell}


def recording(speech: dict[str, np.ndarray], script: list[str | float], target: Path) -> Path:
    """A microphone's day: utterances by name, and pauses in seconds."""
    parts = [speech[step] if isinstance(step, str) else np.zeros(int(step * RATE_HZ), np.float32) for step in script]
    soundfile.write(target, soxr.resample(np.concatenate(parts), RATE_HZ, MICROPHONE_HZ), MICROPHONE_HZ, "PCM_16")
    return target


@pytest.mark.slow
@pytest.mark.long
def test_three_turns_with_a_nod_and_an_interruption(speech: dict[str, np.ndarray], tmp_path: Path) -> None:
    # The pauses are long, since on a busy machine an answer may begin seconds late. The nod and the third utterance
    # fall into the second answer, which would go on for over half a minute.
    script = [3.0, FIRST, 8.0, SECOND, 5.0, NOD, 5.0, THIRD, 60.0]
    microphone = recording(speech, script, tmp_path / "microphone.wav")
    model = OrderlyReplier(ANSWERS)
    app = talking_app(model, recognizer=KnowingRecognizer(speech))
    with live_server(app) as url, chromium(microphone) as browser, visit(browser, url) as seen:
        page = seen.page
        page.set_default_timeout(60_000)
        keep_recordings(page)
        page.get_by_role("button", name="Start listening").click()
        page.locator(".answer .bubble.whole").nth(1).wait_for()  # the first and the third
        texts = page.locator(".bubble.asked").all_inner_texts()
        cut = page.locator(".answer").nth(1)
        heard, unheard = cut.inner_text(), cut.locator(".unheard").inner_text()
        assert page.locator(".note.faint").all_inner_texts() == [f"Took “{NOD}” for a sign that you listen"]
        check_latency(page)
        check_sound(page, speech)
        seen.expect_no_trouble()
    assert [text.split("\n")[-1] for text in texts] == [FIRST, SECOND, THIRD]
    assert "interrupted" in heard
    assert unheard.strip().endswith("sea.")
    check_requests(model)


@pytest.mark.slow
def test_speech_counts_only_while_the_button_is_held(speech: dict[str, np.ndarray], tmp_path: Path) -> None:
    microphone = recording(speech, [THIRD], tmp_path / "microphone.wav")  # it speaks on and on
    model = OrderlyReplier([ANSWERS[0], ANSWERS[2]])
    app = talking_app(model, recognizer=KnowingRecognizer({THIRD: speech[THIRD]}))
    with live_server(app) as url, chromium(microphone) as browser, visit(browser, url) as seen:
        page = seen.page
        page.get_by_role("radio", name="Hold to talk").check()
        page.get_by_role("heading", name="Say something").click()
        for turn, button in enumerate((None, page.get_by_role("button", name="Hold to talk"))):
            hold(page, button)
            page.locator(".answer .bubble.whole").nth(turn).wait_for()
        page.get_by_role("button", name="Settings").click()
        assert page.get_by_label("Microphone", exact=True).locator("option").count() > 1
        page.wait_for_timeout(2000)
        assert len(model.asked) == 2
        seen.expect_no_trouble()
    assert model.asked[0][-1]["content"] == THIRD


def hold(page: Any, button: Any) -> None:
    """For two seconds, the space bar or a button."""
    if button:
        button.hover()
        page.mouse.down()
    else:
        page.keyboard.down(" ")
    page.locator(".microphone.on").wait_for()
    page.wait_for_timeout(2000)
    page.mouse.up() if button else page.keyboard.up(" ")


def keep_recordings(page: Any) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("switch", name="Keep my recordings as well").check()
    page.keyboard.press("Escape")


def check_latency(page: Any) -> None:
    """Each spoken turn has its times, in their order."""
    for number in range(3):
        shown = page.locator(".latency").nth(number).locator("b")
        seconds = [float(text.split()[0]) for text in shown.all_inner_texts()]
        assert len(seconds) == 5
        assert seconds == sorted(seconds)


def check_sound(page: Any, speech: dict[str, np.ndarray]) -> None:
    """The saved sound has what the user said and what was heard in between."""
    page.get_by_role("button", name="Settings").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as sound").click()
    with wave.open(io.BytesIO(download.value.path().read_bytes())) as sound:
        length_s = sound.getnframes() / sound.getframerate()
    assert length_s > sum(len(speech[text]) for text in (FIRST, SECOND, THIRD)) / RATE_HZ + 3


def check_requests(model: OrderlyReplier) -> None:
    """The model was sent each message once, and of the answer that was cut only what was heard, in quotes."""
    assert [len(messages) for messages in model.asked] == [2, 4, 6]
    last = [message["content"] for message in model.asked[2][1:]]
    assert [last[0], last[1], last[2], last[4]] == [FIRST, ANSWERS[0], SECOND, THIRD]
    heard = last[3]
    assert heard[0] == heard[-1] == '"'
    assert LONG.startswith(heard[:-1])
    assert len("One river") < len(heard) < len(LONG) - len("the sea. ")
