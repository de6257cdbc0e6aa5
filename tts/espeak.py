"""The embedded voice: espeak-ng in processes of its own, shared by all turns."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from tts.espeak_process import EspeakProcess, ProcessEnded
from tts.espeak_text import Section, sections
from tts.silence import SilenceTrimmer
from tts.synthesizer import SynthesisFailed, Voice
from tts.utterance import Utterance

LEAD_MS = 30
TAIL_MS = 80
ATTEMPTS = 2
NOT_RUNNING = "The embedded voice is not running."

logger = logging.getLogger(__name__)


class Espeak:
    """Speaks Mandarin and English, also within one sentence, and Cantonese, Japanese (kana) and Korean.

    The sections of all pieces stand in one line, first come, first served; a piece asks for its next section when
    its listener has taken the last one, so a long piece or a slow listener holds nobody up.
    """

    name = "espeak"

    def __init__(self, words_per_minute: int = 175, processes: int = 1):
        self.rate_hz = 0
        self._words_per_minute = words_per_minute
        self._processes = [EspeakProcess() for _ in range(processes)]
        self._line: asyncio.Queue[Utterance] = asyncio.Queue()
        self._serving: list[asyncio.Task[None]] = []

    @property
    def process_ids(self) -> list[int]:
        """The worker processes that exist at this moment."""
        return [process.pid for process in self._processes if process.pid]

    async def start(self, voices: list[Voice]) -> None:
        """Launch the processes and say a word in each voice's language; raises SynthesisFailed."""
        try:
            await asyncio.gather(*(process.start() for process in self._processes))
            self.rate_hz = self._processes[0].rate_hz
            self._serving = [asyncio.create_task(self._serve(process)) for process in self._processes]
            for language in sorted({voice.language for voice in voices}):
                await self._warm_up(Voice(language))
        except SynthesisFailed:
            await self.close()
            raise

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        """Yield the speech; a text with nothing in it to say yields nothing."""
        pause_ms = 0
        has_spoken = False
        words_per_minute = round(self._words_per_minute * voice.speed)
        for section in sections(text, voice.language):
            silence = bytes(pause_ms * self.rate_hz // 1000 * 2) if has_spoken else b""
            async with aclosing(self._spoken(section, words_per_minute)) as speech:
                async for samples in speech:
                    yield silence + samples
                    silence, has_spoken = b"", True
            pause_ms = round(section.pause_ms / voice.speed)

    async def close(self) -> None:
        """End the processes within a second; pieces under way raise SynthesisFailed."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._serving = []
        while not self._line.empty():
            self._line.get_nowait().finish(SynthesisFailed(NOT_RUNNING))
        await asyncio.gather(*(process.close() for process in self._processes))

    async def _warm_up(self, voice: Voice) -> None:
        async with aclosing(self.speak("1", voice)) as speech:
            async for _ in speech:
                pass

    async def _spoken(self, section: Section, words_per_minute: int) -> AsyncGenerator[bytes, None]:
        if not self._serving:
            raise SynthesisFailed(NOT_RUNNING)
        utterance = Utterance(section, words_per_minute)
        self._line.put_nowait(utterance)
        trimmer = SilenceTrimmer(self.rate_hz, LEAD_MS, TAIL_MS)
        async with aclosing(utterance.sound()) as sound:
            async for chunk in sound:
                if samples := trimmer.feed(chunk):
                    yield samples
        if silence := trimmer.finish():
            yield silence

    async def _serve(self, process: EspeakProcess) -> None:
        while True:
            utterance = await self._line.get()
            if not utterance.is_wanted:
                continue
            failure: SynthesisFailed | None = SynthesisFailed(NOT_RUNNING)
            try:
                failure = await self._perform(process, utterance)
            finally:
                utterance.finish(failure)

    async def _perform(self, process: EspeakProcess, utterance: Utterance) -> SynthesisFailed | None:
        """Say why it failed instead of raising: the trouble of one piece must not stop the line behind it."""
        failure = None
        for _ in range(ATTEMPTS):
            try:
                await process.speak(utterance)
                return None
            except SynthesisFailed as error:
                return error
            except ProcessEnded as error:
                failure = SynthesisFailed(str(error))
            except Exception:
                logger.exception("The embedded voice failed in a way that nobody foresaw.")
                await process.close()
                return SynthesisFailed("The embedded voice failed on this text; the log says more.")
            if utterance.has_sound or not utterance.is_wanted:
                break
        return failure
