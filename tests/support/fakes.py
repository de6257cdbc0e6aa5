"""Engines whose timing and results a test decides."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import numpy as np

from asr.recognizer import Heard
from llm.replier import NO_OPTIONS, Message
from tts.synthesizer import SynthesisFailed, Voice


def spoken_pcm(text: str, voice: Voice) -> bytes:
    """Audio that names its text and reference, so that a mix-up shows."""
    reference = voice.reference.text if voice.reference else "main"
    return f"<{reference}|{text}>".encode("utf-16-le")


class FakeSynthesizer:
    """Speaks each piece in `steps` parts with a pause before each; text with 'fail' in it cannot be spoken."""

    name = "fake voice"
    rate_hz = 16_000

    def __init__(self, step_s: float = 0.0, steps: int = 2):
        self.step_s = step_s
        self.steps = steps
        self.begun: list[str] = []
        self.finished: list[str] = []
        self.steps_taken = 0

    async def start(self, voices: list[Voice]) -> None:
        pass

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        self.begun.append(text)
        pcm = spoken_pcm(text, voice)
        cut = len(pcm) // self.steps // 2 * 2
        for step in range(self.steps):
            await asyncio.sleep(self.step_s)
            self.steps_taken += 1
            if "fail" in text:
                raise SynthesisFailed("this voice cannot say that")
            yield pcm[step * cut :] if step == self.steps - 1 else pcm[step * cut : (step + 1) * cut]
        self.finished.append(text)

    async def close(self) -> None:
        pass


class FakeReplier:
    """Writes scripted deltas; a number pauses for so many seconds, an exception is raised."""

    name = "fake model"

    def __init__(self, script: Sequence[str | float | Exception]):
        self.script = script
        self.asked: list[list[Message]] = []
        self.options: list[dict[str, Any]] = []
        self.closed_early = 0

    async def warm_up(self) -> None:
        pass

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        self.asked.append(messages)
        self.options.append(dict(options))
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                elif isinstance(step, str):
                    yield step
                else:
                    await asyncio.sleep(step)
        except (GeneratorExit, asyncio.CancelledError):
            self.closed_early += 1
            raise

    async def models(self) -> list[str]:
        return ["fake model", "another model"]

    async def close(self) -> None:
        pass


class EchoReplier:
    """Says the last message's content."""

    name = "echo"

    async def warm_up(self) -> None:
        pass

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        for char in messages[-1]["content"]:
            await asyncio.sleep(0)
            yield char

    async def models(self) -> list[str]:
        return []

    async def close(self) -> None:
        pass


class FakeRecognizer:
    """Hears a fixed text, or raises."""

    name = "fake ears"

    def __init__(self, text: str = "你好世界", error: Exception | None = None):
        self.text = text
        self.error = error
        self.heard: list[tuple[np.ndarray, str]] = []

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        self.heard.append((samples, language))
        if self.error:
            raise self.error
        return Heard(self.text)

    def close(self) -> None:
        pass
