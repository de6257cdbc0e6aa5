"""The client as a process of its own on a sound server of its own, and what it talks to."""

import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from asr.recognizer import Heard
from tests.support.fakes import FakeRecognizer
from tests.support.scripted_talk import HummingVoice
from tests.support.sound_server import SoundServer
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
JFK = ROOT / "tests" / "assets" / "jfk.wav"
RATE_HZ = 16_000
PITCH_HZ = 440


def tone_voice(piece_s: float = 1.0) -> HummingVoice:
    """Its tone is one that the monitor of a loudspeaker cannot mistake for anything else."""
    return HummingVoice(piece_s=piece_s, pitch_hz=PITCH_HZ, loudness=0.3)


class TimedRecognizer(FakeRecognizer):
    """Says when it answered, on the clock that all processes share."""

    def __init__(self, text: str):
        super().__init__(text)
        self.answered_s: list[float] = []

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        try:
            return super().transcribe(samples, language)
        finally:
            self.answered_s.append(time.monotonic())


class Client:
    """What a running client has printed so far, and its end."""

    def __init__(self, process: "subprocess.Popen[str]"):
        self.process = process
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def count(self, part: str) -> int:
        return sum(part in line for line in self.lines)

    def wait_for(self, part: str, times: int = 1, limit_s: float = 30) -> str:
        """The line with this in it, once it has come so many times."""
        until(lambda: self.count(part) >= times, f"{part!r} in {self.lines}", within_s=limit_s)
        return [line for line in self.lines if part in line][times - 1]

    def end(self) -> float:
        """Seconds until it had ended, told by SIGTERM."""
        began_s = time.monotonic()
        self.process.terminate()
        self.process.wait(20)
        return time.monotonic() - began_s


@contextmanager
def client(sound: SoundServer, *arguments: str, module: str = "clients.pi") -> Iterator[Client]:
    """`python -m clients.pi` with these arguments, in English, without options of this machine's user."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=sound.environment | {"YINLIU_LANG": "en", "XDG_CONFIG_HOME": sound.environment["HOME"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Client(process)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


def utterance(folder: Path, begin_s: float = 0.3, end_s: float = 2.2) -> Path:
    """A few words of real speech in silence, as a file."""
    with wave.open(str(JFK)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    words = samples[round(begin_s * RATE_HZ) : round(end_s * RATE_HZ)]
    silence = np.zeros(RATE_HZ // 2, "<i2")
    path = folder / f"said-{begin_s}-{end_s}.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        out.writeframes(np.concatenate([silence, words, silence]).tobytes())
    return path


def tone_s(sound: np.ndarray) -> float:
    """For how long the tone was heard."""
    blocks = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    spectra = np.abs(np.fft.rfft(blocks * np.hanning(320)))
    strongest = spectra.argmax(axis=1) * RATE_HZ / 320
    is_tone = (np.abs(strongest - PITCH_HZ) <= 50) & (np.abs(blocks).max(axis=1) > 0.05)
    return float(is_tone.sum() * 320 / RATE_HZ)


def skip_without_portaudio() -> None:
    """Skip the whole file where there is no PortAudio."""
    try:
        import sounddevice  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"no sound: {error} (apt install libportaudio2)", allow_module_level=True)
