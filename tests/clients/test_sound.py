"""Real speech into a microphone, the answer recorded from the loudspeaker: a PulseAudio server of the test's own."""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asr.recognizer import Heard
from tests.support.fakes import FakeRecognizer, FakeReplier
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import HummingVoice
from tests.support.sound_server import RATE_HZ, SoundServer, sound_server
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
SPEECH = ROOT / "tests" / "assets" / "aishell.wav"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not importlib.util.find_spec("silero_vad"), reason="requirements-vad.txt is not installed"),
]
PITCH_HZ = 400


class Client:
    """The program voice_client, and what it has told so far."""

    def __init__(self, process: "subprocess.Popen[str]"):
        self._process = process
        self.told: list[dict[str, Any]] = []
        self.said = ""
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, text: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{text}\n")
        self._process.stdin.flush()

    def of(self, name: str) -> list[dict[str, Any]]:
        return [event for event in list(self.told) if event["event"] == name]

    def await_one(self, name: str, count: int = 1) -> dict[str, Any]:
        until(lambda: len(self.of(name)) >= count, f"{count} {name} in {self.told} {self.said}", within_s=30)
        return self.of(name)[count - 1]

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith("{"):
                self.told.append(json.loads(line))
            else:
                self.said += line


@pytest.fixture
def sounds(tmp_path: Path) -> Iterator[SoundServer]:
    with sound_server(tmp_path) as sounds:
        yield sounds


class SlowAndDeaf(FakeRecognizer):
    """Takes a second to hear nothing."""

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        time.sleep(1)
        return Heard("")


@contextmanager
def client(sounds: SoundServer, reply: str, recognizer: FakeRecognizer | None = None) -> Iterator[Client]:
    app = app_with(
        recognizer=recognizer or FakeRecognizer("你好世界"),
        replier=FakeReplier([f'"{reply}"']),
        synthesizer=HummingVoice(0.2, pitch_hz=PITCH_HZ, loudness=0.5),
    )
    with live_server(app) as url:
        command = (sys.executable, "-m", "tests.support.voice_client", url)
        # What PortAudio and ALSA say may be megabytes when their server has gone: it must not stand before the events.
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = sounds.start(*command, cwd=ROOT, text=True, **pipes)
        client = Client(process)
        try:
            client.await_one("ServerState")
            yield client
            assert process.stdin
            process.stdin.close()
            client.await_one("closed")
            assert process.wait(10) == 0, client.said
        finally:
            process.kill()
            process.wait(10)


def pitch_hz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax() * RATE_HZ / len(sound))


def test_speech_is_answered_aloud(sounds: SoundServer):
    reply = "今天天气真不错，我们出去走走吧。"
    with client(sounds, reply) as talk, sounds.monitor() as monitor:
        sounds.say(SPEECH).wait(30)
        answered = talk.await_one("Answered")
        assert answered["is_whole"]
        assert answered["text"] == f'"{reply}"'
        assert talk.of("Heard")[0]["text"] == "你好世界"
        assert not talk.of("Trouble")
        time.sleep(0.3)
        sound = monitor.sound
        assert pitch_hz(sound) == pytest.approx(PITCH_HZ, abs=5)
        assert np.count_nonzero(np.abs(sound) > 0.02) / RATE_HZ == pytest.approx(0.2 * len(reply), rel=0.15)
        print("\nstages, ms since the end of speech:", answered["stages_ms"])


def test_an_interruption_silences_the_loudspeaker(sounds: SoundServer):
    with client(sounds, "很长的回答" * 12) as talk, sounds.monitor() as monitor:
        talk.ask("问")
        talk.await_one("Playing")
        until(lambda: monitor.is_loud(0), "the answer is heard")
        speech = sounds.say(SPEECH)
        ducked = talk.await_one("duck")
        paused = talk.await_one("pause")
        answered = talk.await_one("Answered")
        speech.wait(30)
        quiet_s = monitor.silent_from(paused["at_s"])
        print(
            f"\nspeech noticed to decided: {paused['at_s'] - ducked['at_s']:.3f} s; decided to silence: {quiet_s:.3f} s"
        )
        assert quiet_s < 1  # a machine without time for it; the figure is what was printed
        assert not answered["is_whole"]
        assert 3 <= len(answered["text"]) < 60
        assert talk.await_one("Heard")["text"] == "你好世界"
        talk.ask("再问")
        assert talk.await_one("Playing", 2)["number"] > talk.of("Playing")[0]["number"]
        until(lambda: monitor.is_loud(talk.of("Playing")[-1]["at_s"]), "the next answer is heard")


def test_after_a_false_alarm_the_answer_goes_on_where_it_was(sounds: SoundServer):
    reply = "很长的回答" * 6
    with client(sounds, reply, SlowAndDeaf()) as talk, sounds.monitor() as monitor:
        talk.ask("问")
        talk.await_one("Playing")
        sounds.say(SPEECH).wait(30)
        resumed = talk.await_one("resume")
        assert talk.of("pause")[0]["at_s"] < resumed["at_s"]
        assert talk.await_one("Ignored")["why"] == "nothing"
        assert talk.await_one("Answered")["is_whole"]
        time.sleep(0.3)
        heard_s = np.count_nonzero(np.abs(monitor.sound) > 0.005) / RATE_HZ
        print(f"\n{0.2 * len(reply):.1f} s were spoken, {heard_s:.2f} s were heard: 0.2 s twice")
        assert 0.9 * 0.2 * len(reply) < heard_s < 0.2 * len(reply) + 0.6


def test_sound_comes_back_with_its_server(sounds: SoundServer):
    with client(sounds, "很长的回答" * 4) as talk:
        talk.ask("问")
        talk.await_one("Playing")
        sounds.end()
        lost = talk.await_one("Trouble", 2)
        assert "loudspeaker" in talk.of("Trouble")[0]["english"] + lost["english"]
        time.sleep(1)
        sounds.begin()
        with sounds.monitor() as monitor:
            assert talk.await_one("Answered")["is_whole"], "what was not played is played now"
            assert monitor.is_loud(0)
            assert len(talk.of("Hint")) == 2, "both devices are back"
            sounds.say(SPEECH).wait(30)
            assert talk.await_one("Heard")["text"] == "你好世界"
        assert len(talk.of("Trouble")) == 2
