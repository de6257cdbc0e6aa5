"""Two engines as one: voices with a clip are cloned, all others are spoken by the embedded voice.

Chosen where the usual voice has no clip, but characters have some: nobody has to fall silent for the others' sake.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tts.resampled import resampled
from tts.synthesizer import SynthesisFailed, Synthesizer, Voice

log = logging.getLogger("yinliu.parts")


class ByVoice:
    """Speaks at the cloning engine's rate. An engine that cannot start silences its own voices only."""

    def __init__(self, cloning: Synthesizer, embedded: Synthesizer):
        self.name = f"{cloning.name} + {embedded.name}"
        self.rate_hz = cloning.rate_hz
        self._cloning = cloning
        self._embedded = embedded
        self._refusal: SynthesisFailed | None = None

    async def start(self, voices: list[Voice]) -> None:
        """Raises what the embedded voice raises; what the other lacks is told to whoever wants to hear it."""
        with_clip = [voice for voice in voices if voice.reference]
        await asyncio.gather(
            self._start_cloning(with_clip),
            self._embedded.start([voice for voice in voices if voice not in with_clip]),
        )

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        if voice.reference is None:
            speech = resampled(self._embedded.speak(text, voice), self._embedded.rate_hz, self.rate_hz)
        elif self._refusal:
            raise self._refusal
        else:
            speech = self._cloning.speak(text, voice)
        async with aclosing(speech):
            async for pcm in speech:
                yield pcm

    async def close(self) -> None:
        await asyncio.gather(self._cloning.close(), self._embedded.close())

    async def _start_cloning(self, voices: list[Voice]) -> None:
        try:
            await self._cloning.start(voices)
        except Exception as error:
            log.error("cloned voices cannot speak: %s", error, exc_info=None if hasattr(error, "chinese") else error)
            self._refusal = SynthesisFailed(str(error) or type(error).__name__, getattr(error, "chinese", ""))
