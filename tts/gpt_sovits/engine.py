"""The GPT-SoVITS synthesiser: prepares texts on one thread, decodes on a second, vocodes on a third; a fourth loads."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tts.gpt_sovits.checkpoint import CheckpointRefused
from tts.gpt_sovits.decoding import STOPPED, DecodingThread, explained
from tts.gpt_sovits.features.weights import FeatureModelRefused
from tts.gpt_sovits.lengths import spoken_within_limit
from tts.gpt_sovits.loading import Weights, stand_back
from tts.gpt_sovits.options import SEED_BITS, SpeechOptions
from tts.gpt_sovits.preparing import NotReady, Preparation
from tts.gpt_sovits.references import ReferenceRefused
from tts.gpt_sovits.request import Listener, Request
from tts.gpt_sovits.settings import EngineSettings
from tts.gpt_sovits.text.cuts import NothingToSay, cut_into_pieces
from tts.gpt_sovits.text.modes import UnknownLanguage
from tts.gpt_sovits.text.spelling import LanguageMissing
from tts.gpt_sovits.vocoding import VocodingThread
from tts.gpt_sovits.warming import OTHERWISE, SENTENCES, somebody
from tts.synthesizer import Reference, SynthesisFailed, Voice

log = logging.getLogger("yinliu.gpt_sovits")
Result = TypeVar("Result")
Clips = tuple[Reference | None, tuple[Path, ...]]
Asked = tuple[str, Voice, SpeechOptions, int, Listener]
AHEAD = 2
"""Pieces of one text that are under way at once."""
REFUSALS = (CheckpointRefused, FeatureModelRefused, LanguageMissing, ReferenceRefused, UnknownLanguage)


class GPTSoVITS:
    """Speaks in cloned voices, for many listeners at once."""

    name = "gpt-sovits"
    rate_hz = 32000

    def __init__(self, settings: EngineSettings):
        self._settings = settings
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="gpt-sovits-preparing")
        self._loading = ThreadPoolExecutor(1, "gpt-sovits-loading", stand_back)
        self._preparation: Preparation | None = None
        self._vocoding: VocodingThread | None = None
        self._decoding: DecodingThread | None = None
        self._is_closed = False
        self._stand_ins: dict[Clips, Clips] = {}
        """What is spoken like instead of clips that cannot be used."""

    async def start(self, voices: list[Voice]) -> None:
        """Load, prepare the voices, and speak in silence, so that the first sentence finds everything warm."""
        self._preparation = await self._prepare(lambda: Preparation(self._settings))
        self._vocoding = VocodingThread()
        self._decoding = DecodingThread(self._vocoding.offer)
        preparation = self._preparation
        languages = [voice.language for voice in voices]
        languages += [voice.reference.language for voice in voices if voice.reference]
        await asyncio.gather(
            self._load(lambda: preparation.use(preparation.weights)),
            self._prepare(lambda: preparation.frontend.warm_up(languages)),
        )
        with_clip = [voice for voice in voices if voice.reference]
        with somebody(with_clip, languages[0] if languages else "zh") as main:
            for voice in with_clip[1:]:
                await self._prepare_or_replace(voice, main)
            async with aclosing(self.speak(SENTENCES.get(main.language, OTHERWISE), main)) as sound:
                async for _ in sound:
                    pass

    async def speak(self, text: str, voice: Voice, options: SpeechOptions | None = None) -> AsyncGenerator[bytes, None]:
        options = options or replace(self._settings.options, speed=voice.speed)
        voice = self._stand_in(voice)
        seed = secrets.randbits(SEED_BITS) if options.seed == -1 else options.seed
        pieces = deque(enumerate(_pieces(text, voice.language, options)))
        under_way: deque[tuple[Listener, Request | None]] = deque()
        silence = bytes(2 * int(self.rate_hz * options.fragment_interval_s))
        is_first = True
        try:
            while pieces or under_way:
                while pieces and len(under_way) < AHEAD:
                    number, piece = pieces.popleft()
                    under_way.append(await self._begin(piece, voice, options, (seed + number) % (1 << SEED_BITS)))
                listener, request = under_way[0]
                if request:
                    if not is_first and silence:
                        yield silence
                    async for chunk in listener.sound():
                        yield chunk
                        self._threads[1].look_again()
                    is_first = False
                under_way.popleft()
        finally:
            for _, request in under_way:
                if request:
                    request.is_wanted = False
            self._threads[1].look_again()

    async def use(self, weights: Weights) -> None:
        """Speak with these from now on; pieces under way go on with what they began with.

        Raises SynthesisFailed where they cannot be used, and then nothing has changed.
        """
        preparation = self._preparation
        if preparation is None:
            raise SynthesisFailed("The voice engine has not been started.")
        await self._load(lambda: preparation.use(weights))

    async def close(self) -> None:
        """End the threads; whoever still listens, or waits for a piece to be prepared, is told."""
        self._is_closed = True
        for thread in (self._decoding, self._vocoding):
            if thread:
                await asyncio.to_thread(thread.close)
        self._preparing.shutdown(wait=False)
        self._loading.shutdown(wait=False)

    async def _prepare_or_replace(self, voice: Voice, other: Voice) -> None:
        preparation = self._preparation
        assert preparation
        try:
            await self._load(lambda: preparation.get_ready(voice))
        except SynthesisFailed as error:
            log.warning("the main voice speaks instead: %s", error)
            self._stand_ins[_clips(voice)] = _clips(other)

    def _stand_in(self, voice: Voice) -> Voice:
        reference, extra = self._stand_ins.get(_clips(voice), _clips(voice))
        return replace(voice, reference=reference, extra_references=extra)

    async def _begin(
        self, piece: str, voice: Voice, options: SpeechOptions, seed: int
    ) -> tuple[Listener, Request | None]:
        preparation, listener = self._preparation, Listener(asyncio.get_running_loop(), self.rate_hz)
        if preparation is None:
            raise SynthesisFailed("The voice engine has not been started.")
        try:
            request = await self._request(preparation, voice, (piece, voice, options, seed, listener))
        except SynthesisFailed:
            raise
        except Exception as error:
            raise explained(error) from error
        if request:
            self._threads[0].submit(request)
        return listener, request

    async def _request(self, preparation: Preparation, voice: Voice, asked: Asked) -> Request | None:
        """Only a voice that has not spoken lately waits for its weights and its clip to be read."""
        try:
            return await self._prepare(lambda: preparation.request(*asked))
        except NotReady:
            ready = await self._load(lambda: preparation.get_ready(voice))
            return await self._prepare(lambda: preparation.request(*asked, ready))

    @property
    def _threads(self) -> tuple[DecodingThread, VocodingThread]:
        if self._decoding is None or self._vocoding is None:
            raise SynthesisFailed("The voice engine has not been started.")
        return self._decoding, self._vocoding

    async def _prepare(self, work: Callable[[], Result]) -> Result:
        return await self._on(self._preparing, work)

    async def _load(self, work: Callable[[], Result]) -> Result:
        return await self._on(self._loading, work)

    async def _on(self, thread: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
        """What is refused on the thread becomes a sentence for the listener."""

        def work_unless_closed() -> Result:
            if self._is_closed:
                raise SynthesisFailed(STOPPED)
            return work()

        if self._is_closed:
            raise SynthesisFailed(STOPPED)
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, work_unless_closed)
        except REFUSALS as error:
            raise SynthesisFailed(str(error), getattr(error, "chinese", "")) from error


def _clips(voice: Voice) -> Clips:
    return voice.reference, voice.extra_references


def _pieces(text: str, language: str, options: SpeechOptions) -> list[str]:
    try:
        pieces = cut_into_pieces(text, "en" if language == "en" else "zh", options.cut)
    except NothingToSay:
        return []
    return [part for piece in pieces for part in spoken_within_limit(piece)]
