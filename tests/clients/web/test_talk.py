"""The page's engine room in a real Chromium: the player sample by sample, the microphone, and what may fail."""

import functools
import http.server
import threading
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.browser import chromium, refusing
from tests.support.web_build import ROOT, installed_copy, run

pytestmark = pytest.mark.slow

SMOOTH = 0.01
"""A tone of 440 Hz and 0.5 bends by 0.0017 between two samples at 48 kHz; a gap or a step by far more."""


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are no news."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with the engine room and no face."""
    folder = tmp_path_factory.mktemp("harness")
    run(installed_copy(tmp_path_factory.mktemp("web")), "node", "test/harness.mjs", str(folder))
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(_speech(tmp_path_factory.mktemp("microphone") / "speech.wav")) as opened:
        yield opened


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    opened = _opened(browser, url)
    yield opened
    opened.close()


def _opened(browser: Any, url: str) -> Any:
    page = browser.new_page()
    page.goto(url)
    page.wait_for_function("() => !!window.RecordedPlayer")
    return page


def _speech(target: Path) -> Path:
    """A second of silence, then speech, at the rate of most sound cards."""
    with wave.open(str(ROOT / "tests" / "assets" / "jfk.wav")) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.concatenate([np.zeros(48_000, np.int16), np.repeat(samples, 3)]).tobytes())
    return target


PLAYER = """async (steps) => {
    const recorded = await RecordedPlayer.open();
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const until = async (name, piece) => {
        for (let i = 0; i < 1000 && !recorded.told.some(([n, p]) => n === name && p === piece); i++) await wait(10);
        await wait(300);
    };
    const player = recorded.player;
    return await (new Function("recorded", "player", "wait", "until", `return (async () => { ${steps} })()`))(
        recorded, player, wait, until);
}"""


def play(page: Any, steps: str) -> Any:
    return page.evaluate(PLAYER, steps)


@pytest.mark.parametrize("rate_hz", [24_000, 32_000, 44_100, 48_000])
def test_parts_of_a_piece_and_pieces_join_without_a_step(page: Any, rate_hz: int) -> None:
    heard = play(
        page,
        f"""recorded.tone(1, 1, 0.137, {rate_hz});
            player.end(1);
            recorded.tone(2, 1, 0.05, {rate_hz});
            player.end(2);
            await until("idle", -1);
            return {{...recorded.heard(), told: recorded.told, played: [player.playedS(1), player.playedS(2)]}};""",
    )
    assert heard["seconds"] == pytest.approx(2, abs=0.02)
    assert heard["bend"] < SMOOTH
    assert [told[:2] for told in heard["told"]] == [
        ["started", 1],
        ["ended", 1],
        ["started", 2],
        ["ended", 2],
        ["idle", -1],
    ]
    assert heard["played"] == pytest.approx([1, 1], abs=0.02)


def test_a_late_part_goes_on_after_the_gap(page: Any) -> None:
    heard = play(
        page,
        """recorded.tone(1, 0.3, 0.1, 24000);
           await until("idle", -1);
           await wait(400);
           recorded.tone(1, 0.3, 0.1, 24000);
           player.end(1);
           await until("ended", 1);
           return {...recorded.heard(), played: player.playedS(1)};""",
    )
    assert heard["played"] == pytest.approx(0.6, abs=0.02)
    assert heard["seconds"] > 0.9


def test_a_piece_without_sound_is_told_in_its_place(page: Any) -> None:
    told = play(
        page,
        """player.end(1);
           recorded.tone(2, 0.3, 0.1, 24000);
           player.end(2);
           player.end(3);
           await until("ended", 3);
           return recorded.told.map(([name, piece]) => `${name} ${piece}`);""",
    )
    pieces = [entry for entry in told if not entry.startswith("idle")]
    assert pieces == ["started 1", "ended 1", "started 2", "ended 2", "started 3", "ended 3"]


def test_pausing_is_silent_at_once_and_resuming_repeats_a_moment(page: Any) -> None:
    found = play(
        page,
        """recorded.tone(1, 3, 0.2, 24000);
           player.end(1);
           while (player.playedS(1) < 1) await wait(10);
           const {anchor} = player;
           const decidedS = recorded.nowS() - anchor.timeS;
           player.pause();
           await wait(600);
           const paused = recorded.heard();
           const [heldS, toldThen] = [player.playedS(1), recorded.told.length];
           await wait(200);
           const stillS = player.playedS(1);
           player.resume();
           await until("ended", 1);
           return {decidedS, paused, heldS, stillS, toldThen, seconds: recorded.heard().seconds,
                   told: recorded.told.map(([name, piece]) => `${name} ${piece}`)};""",
    )
    late_s = found["paused"]["seconds"] - found["decidedS"]
    print(f"silent {late_s * 1000:.0f} ms after pause()")
    assert -0.05 < late_s < 0.05
    assert found["heldS"] == found["stillS"]
    assert found["toldThen"] == 1
    assert found["told"] == ["started 1", "ended 1", "idle -1"]
    # All of it, 0.2 s twice, and the silence of the pause in between.
    assert 3.2 + 0.7 < found["seconds"] < 3.2 + 0.8 + 2


def test_ducking_is_softer_and_never_sudden(page: Any) -> None:
    found = play(
        page,
        """recorded.tone(1, 3, 0.2, 24000);
           player.end(1);
           while (player.playedS(1) < 0.5) await wait(10);
           player.duck(true);
           await wait(500);
           const soft = recorded.heard();
           player.duck(false);
           await wait(500);
           const loud = recorded.heard();
           return {soft, loud};""",
    )
    assert found["soft"]["strength"] == pytest.approx(0.1, abs=0.01)
    assert found["loud"]["strength"] == pytest.approx(0.5, abs=0.02)
    assert found["loud"]["bend"] < SMOOTH


def test_dropping_is_silent_and_the_next_piece_is_whole(page: Any) -> None:
    found = play(
        page,
        """recorded.tone(1, 3, 0.2, 24000);
           while (player.playedS(1) < 0.4) await wait(10);
           player.duck(true);
           player.drop();
           await wait(400);
           const dropped = recorded.heard();
           const left = [player.playedS(1), player.isIdle];
           recorded.clear();
           recorded.tone(2, 0.5, 0.1, 24000);
           player.end(2);
           await until("ended", 2);
           const told = recorded.told.map(([name, piece]) => `${name} ${piece}`);
           return {dropped, left, next: recorded.heard(), told};""",
    )
    assert found["dropped"]["seconds"] < 1
    assert found["dropped"]["silenceS"] > 0.1
    assert found["left"] == [0, True]
    assert found["next"]["seconds"] == pytest.approx(0.5, abs=0.02)
    assert found["next"]["strength"] == pytest.approx(0.5, abs=0.02)
    assert found["told"] == ["started 2", "ended 2", "idle -1"]


def test_a_piece_that_comes_while_paused_waits(page: Any) -> None:
    found = play(
        page,
        """player.pause();
           recorded.tone(1, 0.4, 0.1, 24000);
           player.end(1);
           await wait(500);
           const before = [recorded.told.length, player.playedS(1)];
           player.resume();
           await until("ended", 1);
           return {before, seconds: recorded.heard().seconds};""",
    )
    assert found["before"] == [0, 0]
    assert found["seconds"] == pytest.approx(0.4, abs=0.02)


def test_a_browser_that_plays_nothing_is_told_once(page: Any) -> None:
    told = page.evaluate(
        """async () => {
            window.AudioContext = class extends AudioContext {
                get state() { return "suspended"; }
                get currentTime() { return 0; }
                async resume() {}
            };
            const player = new WebPlayer();
            const told = [];
            player.onTrouble = (trouble) => told.push(trouble);
            player.add(1, new Float32Array(2400), 24000);
            player.end(1);
            for (let i = 0; i < 1000 && !told.length; i++) await new Promise((resolve) => setTimeout(resolve, 10));
            await new Promise((resolve) => setTimeout(resolve, 500));
            player.close();
            return told;
        }"""
    )
    assert len(told) == 1
    assert told[0]["english"]
    assert told[0]["chinese"]


def test_the_microphone_hears_speech_and_the_detector_keeps_up(page: Any) -> None:
    found = page.evaluate(
        """async () => {
            const listened = new Listened();
            await listened.microphone.open({deviceId: "", echoCancellation: false});
            await new Promise((resolve) => setTimeout(resolve, 4500));
            listened.microphone.close();
            await listened.examine();
            const labels = (await inputDevices()).map(({label}) => label);
            return {states: listened.states.map(({kind}) => kind), labels, probabilities: listened.probabilities,
                    ms: listened.millisecondsPerFrame};
        }"""
    )
    print(f"{found['ms']:.3f} ms per frame of 32 ms in Chromium")
    assert found["states"] == ["opening", "open", "closed"]
    assert found["labels"]
    assert all(found["labels"])
    frames = len(found["probabilities"])
    assert frames > 60
    assert sum(probability > 0.5 for probability in found["probabilities"]) > frames / 4
    assert found["ms"] < 32


def test_a_device_that_vanishes_is_told_and_taken_again(page: Any) -> None:
    states = page.evaluate(
        """async () => {
            let track;
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wishes) => {
                const stream = await ask(wishes);
                track = stream.getAudioTracks()[0];
                return stream;
            };
            const listened = new Listened();
            await listened.microphone.open({deviceId: "gone", echoCancellation: true});
            track.dispatchEvent(new Event("ended"));
            const open = () => listened.states.filter(({kind}) => kind === "open").length;
            for (let i = 0; i < 500 && open() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10));
            listened.microphone.close();
            return listened.states;
        }"""
    )
    kinds = [state["kind"] for state in states]
    assert kinds[:3] == ["opening", "open", "lost"]
    assert kinds[-2:] == ["open", "closed"]
    assert states[2]["english"]
    assert states[2]["chinese"]


def test_a_microphone_that_falls_silent_is_told_and_taken_again(page: Any) -> None:
    kinds = page.evaluate(
        """async () => {
            const contexts = [];
            window.AudioContext = class extends AudioContext {
                constructor() { super(); contexts.push(this); }
            };
            const listened = new Listened();
            await listened.microphone.open({deviceId: "", echoCancellation: true});
            contexts[0].resume = () => Promise.resolve();
            await contexts[0].suspend();
            const open = () => listened.states.filter(({kind}) => kind === "open").length;
            for (let i = 0; i < 2000 && open() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10));
            listened.microphone.close();
            return listened.states.map(({kind}) => kind);
        }"""
    )
    assert kinds[:3] == ["opening", "open", "lost"]
    assert kinds[-2:] == ["open", "closed"]


def test_a_page_that_plays_nothing_opens_no_sound(page: Any) -> None:
    count = page.evaluate(
        """async () => {
            let count = 0;
            window.AudioContext = class extends AudioContext {
                constructor(...wishes) { super(...wishes); count++; }
            };
            const player = new WebPlayer();
            player.drop();
            player.close();
            return count;
        }"""
    )
    assert count == 0


def test_a_permission_that_comes_after_closing_opens_nothing(page: Any) -> None:
    found = page.evaluate(
        """async () => {
            const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            let stream;
            navigator.mediaDevices.getUserMedia = async (wishes) => {
                await new Promise((resolve) => setTimeout(resolve, 200));
                return stream = await ask(wishes);
            };
            const listened = new Listened();
            const opening = listened.microphone.open({deviceId: "", echoCancellation: true});
            listened.microphone.close();
            await opening;
            return [listened.microphone.state.kind, stream.getAudioTracks()[0].readyState];
        }"""
    )
    assert found == ["closed", "ended"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NotAllowedError", "refused"),
        ("NotFoundError", "absent"),
        ("OverconstrainedError", "absent"),
        ("NotReadableError", "busy"),
        ("TypeError", "failed"),
    ],
)
def test_each_refusal_has_its_sentence(page: Any, name: str, kind: str) -> None:
    state = page.evaluate(
        """async (name) => {
            navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", name));
            const listened = new Listened();
            await listened.microphone.open({deviceId: "", echoCancellation: true});
            return listened.microphone.state;
        }""",
        name,
    )
    assert state["kind"] == kind
    assert state["english"]
    assert state["chinese"]


def test_a_browser_that_refuses_the_microphone(browser: Any, url: str) -> None:
    with refusing(browser) as other:
        page = _opened(other, url)
        kind = page.evaluate(
            """async () => {
                const listened = new Listened();
                await listened.microphone.open({deviceId: "", echoCancellation: true});
                return listened.microphone.state.kind;
            }"""
        )
    assert kind == "refused"


def test_a_page_by_http_from_elsewhere_says_what_to_do(browser: Any, url: str) -> None:
    page = browser.new_page()
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto(url)
    page.wait_for_function("() => !!window.microphoneStateNow")
    state = page.evaluate(
        """async () => {
            const listened = new Listened();
            await listened.microphone.open({deviceId: "", echoCancellation: true});
            return listened.microphone.state;
        }"""
    )
    page.close()
    assert state["kind"] == "insecure"
    assert "https" in state["english"]
    assert "https" in state["chinese"]


RECOGNITION = """
    window.made = [];
    window.SpeechRecognition = window.webkitSpeechRecognition = class {
        constructor() { window.made.push(this); this.starts = 0; }
        start() { this.starts++; }
        abort() { this.isAborted = true; }
        say(...texts) {
            const results = texts.map(([transcript, isFinal]) => Object.assign([{transcript}], {isFinal}));
            this.onresult({results});
        }
    };
"""


def test_the_browsers_recogniser_gives_each_utterance_its_own_text(browser: Any, url: str) -> None:
    page = browser.new_page()
    page.add_init_script(RECOGNITION)
    page.goto(url)
    page.wait_for_function("() => !!window.BrowserRecognition")
    found = page.evaluate(
        """async () => {
            let failure = "";
            const recogniser = new BrowserRecognition("zh-CN", (trouble) => failure = trouble.english);
            const hear = (isOver) => recogniser.hear(new Uint8Array(0), isOver, new AbortController().signal);
            recogniser.start();
            const [recognition] = made;
            recognition.say(["你", false]);
            const guess = (await hear(false)).text;
            setTimeout(() => recognition.say(["你好", true]), 200);
            const first = (await hear(true)).text;
            recognition.say(["你好", true], ["再见", true]);
            const second = (await hear(true)).text;
            const nothing = (await hear(true)).text;
            recognition.say(["你好", true], ["再见", true], ["前半", true]);
            recognition.onend();
            for (let i = 0; i < 500 && made.length < 2; i++) await new Promise((resolve) => setTimeout(resolve, 10));
            const again = made.length;
            const kept = (await hear(false)).text;
            made[1].say(["后半", true]);
            const joined = (await hear(true)).text;
            made[1].onerror({error: "no-speech"});
            const quiet = failure;
            made[1].onerror({error: "network"});
            recogniser.stop();
            const {isAborted} = made[made.length - 1];
            const {isOffered} = BrowserRecognition;
            const {lang} = recognition;
            return {guess, first, second, nothing, again, kept, joined, quiet, failure, lang, isOffered, isAborted};
        }"""
    )
    page.close()
    assert found == {
        "guess": "你",
        "first": "你好",
        "second": "再见",
        "nothing": "",
        "again": 2,
        "kept": "前半",
        "joined": "前半后半",
        "quiet": "",
        "failure": "The browser's recognition failed (network); typing works.",
        "lang": "zh-CN",
        "isOffered": True,
        "isAborted": True,
    }
