"""The window with a sound card of its own: real speech in, the answer out of the loudspeaker, and what can be saved."""

import io
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.clients.gui.browser import Screen, chromium, program, screen
from tests.clients.gui.scripted import REPLY
from tests.support.fakes import FakeRecognizer, FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import HummingVoice
from tests.support.sound_server import sound_server

pytestmark = pytest.mark.slow
SPEECH = Path(__file__).resolve().parents[2] / "assets" / "aishell.wav"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as started:
        yield started


@pytest.fixture
def server() -> Iterator[str]:
    app = app_with(
        recognizer=FakeRecognizer("周末去哪儿？"), replier=FakeReplier(REPLY), synthesizer=HummingVoice(0.06)
    )
    with live_server(app) as url:
        yield url


@pytest.mark.long
def test_speech_is_heard_answered_aloud_and_saved(browser: Any, server: str, tmp_path: Path) -> None:
    pytest.importorskip("silero_vad", reason="silero-vad is not installed (requirements-vad.txt)")
    with (
        sound_server(tmp_path) as sound,
        program(tmp_path / "settings", "--server", server, environment=sound.environment) as url,
        screen(browser, url) as shown,
    ):
        shown.press("Turn the microphone on")
        shown.sees("Listening", "Turn the microphone off")
        time.sleep(1)  # the device opens behind the button
        with sound.monitor() as monitor:
            began_s = time.monotonic()
            assert sound.say(SPEECH).wait(20) == 0
            shown.sees("周末去哪儿？", "今天天气真不错！")
            shown.sees("（微笑）", "to the first sound")
        assert monitor.is_loud(began_s)
        shown.write("Type a message", "And typed?")
        shown.key("Enter")
        shown.sees("And typed?", "Stop the answer")
        shown.misses("Stop the answer")
        shown.press("Turn the microphone off")
        shown.sees("Microphone off")
        saved = shown.downloads("Save", "Save the sound (WAV)")
        with wave.open(io.BytesIO(saved)) as file:
            heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            assert len(heard) / file.getframerate() > 4
        assert np.abs(heard).max() > 2000


@pytest.mark.long
def test_the_text_is_saved_and_a_bubble_copied(browser: Any, server: str, tmp_path: Path) -> None:
    with program(tmp_path, "--silent", "--server", server) as url, screen(browser, url) as shown:
        shown.press("Save")
        shown.press("Save the sound (WAV)")
        shown.sees("There is no sound to save yet.")
        ask(shown, "出门吗？")
        text = shown.downloads("Save", "Save as text").decode()
        assert text == "You: 出门吗？\n\nAssistant: [开心] 今天天气真不错！我们去公园走走吧。 （微笑） 然后喝杯茶。\n"
        assert shown.copied("出门吗？") == "出门吗？"
        shown.sees("Copied")


def ask(shown: Screen, text: str) -> None:
    shown.write("Type a message", text)
    shown.key("Enter")
    shown.sees("（微笑）", "Microphone off")
