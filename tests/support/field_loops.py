"""The two clients in the field, rewritten from the contract (A.2, A.3, A.7): what they hear, send, believe and play."""

import base64
import io
import json
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import soxr

from clients.silero import Silero

MICROPHONE_HZ, RATE_HZ = 48_000, 16_000
BLOCK = MICROPHONE_HZ // 10
FRAME = 512
THRESHOLD, SILENCE_FRAMES, PADDING = 0.5, 9, RATE_HZ // 10
"""About 300 ms of silence end an utterance; 100 ms are kept on each side of it."""


def microphone(speech: np.ndarray, rate_hz: int = RATE_HZ, silence_s: float = 1.0) -> Iterator[np.ndarray]:
    """Blocks of 0.1 s at 48 kHz, as float32: silence, the speech, silence."""
    quiet = np.zeros(int(silence_s * MICROPHONE_HZ), np.float32)
    sound = np.concatenate([quiet, soxr.resample(speech.astype(np.float32), rate_hz, MICROPHONE_HZ), quiet])
    for at in range(0, len(sound) - BLOCK + 1, BLOCK):
        yield sound[at : at + BLOCK]


class FieldEars:
    """Cuts utterances out of the microphone's blocks."""

    def __init__(self) -> None:
        self._silero = Silero()
        self._resampler = soxr.ResampleStream(MICROPHONE_HZ, RATE_HZ, 1, "float32")
        self._heard = np.zeros(0, np.float32)
        self._seen = self._quiet_frames = 0
        self._began: int | None = None

    def feed(self, block: np.ndarray) -> bytes | None:
        """A WAV file when this block has ended an utterance."""
        self._heard = np.concatenate([self._heard, self._resampler.resample_chunk(block)])
        while self._seen + FRAME <= len(self._heard):
            frame = self._heard[self._seen : self._seen + FRAME]
            self._seen += FRAME
            if self._silero(frame) >= THRESHOLD:
                self._began = max(self._seen - FRAME - PADDING, 0) if self._began is None else self._began
                self._quiet_frames = 0
            elif self._began is not None:
                self._quiet_frames += 1
                if self._quiet_frames >= SILENCE_FRAMES:
                    return self._cut()
        return None

    def _cut(self) -> bytes:
        assert self._began is not None
        end = self._seen - SILENCE_FRAMES * FRAME + PADDING
        samples, self._began, self._quiet_frames = self._heard[self._began : end], None, 0
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setparams((1, 2, RATE_HZ, 0, "NONE", "not compressed"))
            wav.writeframes((samples * 32767).astype("<i2").tobytes())
        return file.getvalue()


class TerminalLoop:
    """The terminal client. `shown` and `played` are what its user sees and hears."""

    def __init__(self, server: str, system: str = ""):
        self.asr_api, self.chat_api = f"{server}/api/asr", f"{server}/api/chat"
        self.data: dict[str, Any] = {"msg": [{"role": "system", "content": system}] if system else []}
        self.shown: list[str] = []
        self.played: list[bytes] = []
        self._ears = FieldEars()
        self._folder = tempfile.TemporaryDirectory()
        self._temporary = Path(self._folder.name) / "tmp.wav"

    def listen(self, blocks: Iterator[np.ndarray]) -> None:
        """Half duplex: while a reply plays, blocks are not looked at; here playing takes no time."""
        for block in blocks:
            if utterance := self._ears.feed(block):
                self._handle(self._recognise(utterance))

    def _recognise(self, wav: bytes) -> str:
        body = {"data": base64.urlsafe_b64encode(wav).decode("utf-8")}
        return httpx.post(self.asr_api, json=body, timeout=20).text

    def _handle(self, answer: str) -> None:
        self.ask(answer.replace('"', ""))

    def ask(self, text: str) -> None:
        self.data["msg"].append({"role": "user", "content": text})
        with httpx.stream("POST", self.chat_api, json=self.data, timeout=20) as response:
            for line in _lines(response):
                if line and self._take(json.loads(line.decode("utf-8")[6:])):
                    break

    def _take(self, frame: dict[str, Any]) -> bool:
        """Whether the answer is complete."""
        if frame["done"]:
            self.data["msg"].append({"role": "assistant", "content": frame["message"]})
            return True
        self.shown.append(frame["message"])
        if frame["file"] != "None":
            self._temporary.write_bytes(base64.urlsafe_b64decode(frame["file"]))
            with wave.open(str(self._temporary)) as wav:
                self.played.append(wav.readframes(wav.getnframes()))
        return False


class WindowLoop(TerminalLoop):
    """The Flet client: drops what verification rejected, and forwards quotes as they are."""

    def __init__(self, server: str, system: str = ""):
        super().__init__(server, system)
        self.bubbles: list[tuple[str, str]] = []

    def _handle(self, answer: str) -> None:
        if answer == '"None"':
            return
        self.bubbles.append(("right", answer.replace('"', "")))
        self.ask(answer)

    def type(self, text: str) -> None:
        """What the send button does."""
        self.bubbles.append(("right", text))
        self.ask(f'"{text}"')

    def _take(self, frame: dict[str, Any]) -> bool:
        is_complete = super()._take(frame)
        if not is_complete:
            self.bubbles.append(("left", frame["message"]))
        return is_complete


def _lines(response: httpx.Response) -> Iterator[bytes]:
    """As the field's HTTP library cuts them: at line feeds, in whatever portions the bytes come."""
    rest = b""
    for portion in response.iter_raw(512):
        *whole, rest = (rest + portion).split(b"\n")
        yield from whole
    if rest:
        yield rest
