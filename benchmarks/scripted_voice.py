"""A voice whose synthesis costs nothing, so that only the server's own work is left to measure."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tts.synthesizer import Voice

RATE_HZ = 32_000
PAUSE_S = 0.3
"""Silence behind every piece, as the server under test adds it by default."""
PCM = bytes(range(256)) * (2 * RATE_HZ // 256)
"""1.0 s of 16-bit mono; what it sounds like does not matter."""
SILENCE = bytes(int(2 * RATE_HZ * PAUSE_S))


class ScriptedVoice:
    """See tts.synthesizer.Synthesizer."""

    name = "scripted voice"
    rate_hz = RATE_HZ

    async def start(self, voices: "list[Voice]") -> None:
        pass

    async def speak(self, text: str, voice: "Voice") -> AsyncGenerator[bytes, None]:
        yield PCM

    async def close(self) -> None:
        pass
