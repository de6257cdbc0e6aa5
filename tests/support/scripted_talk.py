"""Engines for a conversation that a test writes: ears that know recordings, answers in order, a humming voice."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import numpy as np
from fastapi import FastAPI

from asr.recognizer import Heard
from llm.replier import NO_OPTIONS, Message
from tests.support.fakes import FakeRecognizer
from tests.support.live_server import app_with
from tests.support.recordings import likeness
from tts.synthesizer import Voice

RATE_HZ = 16_000
SHORT = '"I am well."'
LEAST_LIKENESS = 0.15
"""A beginning of a recording is still more like it than like another; noise is like none."""


def talking_app(model: "OrderlyReplier", **parts: Any) -> FastAPI:
    """A server that hears and hums; parts: as app_with takes them."""
    return app_with(**({"recognizer": FakeRecognizer(), "replier": model, "synthesizer": HummingVoice()} | parts))


class KnowingRecognizer:
    """Knows a few recordings, and recognises them however much of them it hears."""

    name = "knowing ears"

    def __init__(self, known: Mapping[str, np.ndarray]):
        self.known = known

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        best = max(self.known, key=lambda text: self._likeness(samples, text))
        return Heard(best if self._likeness(samples, best) > LEAST_LIKENESS else "")

    def close(self) -> None:
        pass

    def _likeness(self, samples: np.ndarray, text: str) -> float:
        return likeness(samples, RATE_HZ, self.known[text]) if len(samples) else 0.0


class OrderlyReplier:
    """Gives the answers in their order, the last one for ever; remembers what it was asked."""

    name = "orderly model"

    def __init__(self, answers: Sequence[str], delay_s: float = 0.0):
        self.answers = answers
        self.delay_s = delay_s
        self.asked: list[list[Message]] = []
        self.options: list[dict[str, Any]] = []

    async def warm_up(self) -> None:
        pass

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        self.asked.append(messages)
        self.options.append(dict(options))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        await asyncio.sleep(self.delay_s)
        for char in answer:
            await asyncio.sleep(0)
            yield char

    async def models(self) -> list[str]:
        return ["orderly model", "other model"]

    async def close(self) -> None:
        pass


class HummingVoice:
    """Hums a tone for as long as the text would take to say; piece_s: how long for every text. loudness: of 1."""

    name = "humming voice"
    rate_hz = 24_000

    def __init__(
        self, character_s: float = 0.07, *, piece_s: float = 0.0, pitch_hz: float = 220.0, loudness: float = 0.1
    ):
        self.character_s = character_s
        self._piece_s = piece_s
        self._pitch_hz = pitch_hz
        self._loudness = loudness

    async def start(self, voices: list[Voice]) -> None:
        pass

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        length_s = (self._piece_s or self.character_s * len(text)) / voice.speed
        t = np.arange(int(length_s * self.rate_hz)) / self.rate_hz
        hum = self._loudness * np.sin(2 * np.pi * self._pitch_hz * t) * np.minimum(1, 40 * np.minimum(t, length_s - t))
        pcm = (hum * 32767).astype("<i2").tobytes()
        for at in range(0, len(pcm), self.rate_hz):
            await asyncio.sleep(0)
            yield pcm[at : at + self.rate_hz]

    async def close(self) -> None:
        pass
