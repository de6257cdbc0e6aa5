"""What a synthesiser is, and what it is told about the voice it shall speak in."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Reference:
    """A clip of somebody speaking, and what is said in it."""

    audio: Path
    text: str
    language: str


@dataclass(frozen=True)
class VoiceWeights:
    """A pair of GPT-SoVITS files that speak together."""

    gpt: Path
    sovits: Path


@dataclass(frozen=True)
class Voice:
    """What a piece is spoken with; engines that clone nothing look at the language only."""

    language: str = "zh"
    """The language of the text to speak, in the words of GPT-SoVITS: zh, en, ja, ko, yue, auto, ..."""
    reference: Reference | None = None
    extra_references: tuple[Path, ...] = ()
    speed: float = 1.0
    """0.25 to 4; above 1 is faster."""
    weights: VoiceWeights | None = None
    """Those of the engine's settings where there are none."""


class SynthesisFailed(Exception):
    """This piece could not be spoken; the message is a sentence without a stack trace, in Chinese as well if known."""

    def __init__(self, english: str, chinese: str = ""):
        super().__init__(english)
        self.chinese = chinese or english


class Synthesizer(Protocol):
    """A warm engine that many turns share; it queues their pieces itself and never mixes them."""

    name: str
    rate_hz: int
    """Sample rate of everything `speak` yields; known once `start` has returned."""

    async def start(self, voices: list[Voice]) -> None:
        """Load and warm up with these voices; raises an exception whose message says what is wrong."""
        ...

    def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        """Yield the speech of one piece as signed 16-bit little-endian mono PCM while it is being made.

        Closing the iterator early, or cancelling its task, stops the synthesis at its next step.
        Raises SynthesisFailed.
        """
        ...

    async def close(self) -> None: ...
