"""A section of text on its way through a speech process, and its sound on the way back."""

import asyncio
from collections.abc import AsyncGenerator, Callable

from tts.espeak_text import Section
from tts.synthesizer import SynthesisFailed


class Utterance:
    """What waits here is bounded by the section, so a listener that reads slowly costs a few MB and holds nobody up."""

    def __init__(self, section: Section, words_per_minute: int):
        self.section = section
        self.words_per_minute = words_per_minute
        self.is_wanted = True
        self.has_sound = False
        self.stop: Callable[[], None] | None = None
        """Tells the process to stop; set while it works on this utterance."""
        self._chunks: asyncio.Queue[bytes | SynthesisFailed | None] = asyncio.Queue()

    def add(self, samples: bytes) -> None:
        if self.is_wanted:
            self.has_sound = True
            self._chunks.put_nowait(samples)

    def finish(self, failure: SynthesisFailed | None) -> None:
        self._chunks.put_nowait(failure)

    async def sound(self) -> AsyncGenerator[bytes, None]:
        """Yield the samples; leaving early stops the work on them."""
        try:
            while chunk := await self._chunks.get():
                if isinstance(chunk, SynthesisFailed):
                    raise chunk
                yield chunk
        finally:
            self.is_wanted = False
            if self.stop:
                self.stop()
