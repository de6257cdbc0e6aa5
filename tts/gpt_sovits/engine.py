"""The GPT-SoVITS synthesiser: prepares texts and voices on one thread, decodes on a second, vocodes on a third."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TypeVar

import torch

from tts.gpt_sovits.acoustic.model import AcousticModel
from tts.gpt_sovits.acoustic.stream import WINDOWS
from tts.gpt_sovits.checkpoint import CheckpointRefused
from tts.gpt_sovits.decoding import STOPPED, DecodingThread, explained
from tts.gpt_sovits.features.weights import FeatureModelRefused
from tts.gpt_sovits.lengths import spoken_within_limit
from tts.gpt_sovits.loading import Weights
from tts.gpt_sovits.options import SEED_BITS, SpeechOptions
from tts.gpt_sovits.preparing import Preparation
from tts.gpt_sovits.references import ReferenceRefused
from tts.gpt_sovits.request import Listener, Request
from tts.gpt_sovits.settings import EngineSettings
from tts.gpt_sovits.text.cuts import NothingToSay, cut_into_pieces
from tts.gpt_sovits.text.modes import UnknownLanguage
from tts.gpt_sovits.text.spelling import LanguageMissing
from tts.gpt_sovits.vocoding import VocodingThread
from tts.synthesizer import SynthesisFailed, Voice

log = logging.getLogger("yinliu.gpt_sovits")
Result = TypeVar("Result")
AHEAD = 2
"""Pieces of one text that are under way at once."""
REFUSALS = (CheckpointRefused, FeatureModelRefused, LanguageMissing, ReferenceRefused, UnknownLanguage)
WARM_UPS = {"zh": "你好，很高兴认识你。", "en": "Hello, nice to meet you."}


class GPTSoVITS:
    """Speaks in cloned voices, for many listeners at once."""

    name = "gpt-sovits"
    rate_hz = 32000

    def __init__(self, settings: EngineSettings):
        self._settings = settings
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="gpt-sovits-preparing")
        self._preparation: Preparation | None = None
        self._vocoding: VocodingThread | None = None
        self._decoding: DecodingThread | None = None
        self._is_closed = False
        self._stand_ins: dict[Voice, Voice] = {}
        """The voice that speaks for one whose reference cannot be used."""

    async def start(self, voices: list[Voice]) -> None:
        """Load, prepare the voices, and speak in silence, so that the first sentence finds everything warm."""
        self._preparation = await self._prepare(lambda: Preparation(self._settings))
        self._vocoding = VocodingThread()
        self._decoding = DecodingThread(self._vocoding.offer)
        preparation = self._preparation
        models = await self._prepare(lambda: preparation.use(preparation.weights))
        languages = [voice.language for voice in voices]
        languages += [voice.reference.language for voice in voices if voice.reference]
        await asyncio.gather(
            self._prepare(lambda: preparation.frontend.warm_up(languages)),
            asyncio.to_thread(_warm_up_vocoder, models.acoustic),
        )
        for voice in voices[1:]:
            await self._prepare_or_replace(voice, voices[0])
        for voice in voices[:1]:
            async with aclosing(self.speak(WARM_UPS.get(voice.language, "1, 2, 3."), voice)) as sound:
                async for _ in sound:
                    pass

    async def speak(self, text: str, voice: Voice, options: SpeechOptions | None = None) -> AsyncGenerator[bytes, None]:
        options = options or self._settings.options
        voice = self._stand_ins.get(voice, voice)
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
        models = await self._prepare(lambda: preparation.use(weights))
        await asyncio.to_thread(_warm_up_vocoder, models.acoustic)

    async def close(self) -> None:
        """End the threads; whoever still listens, or waits for a piece to be prepared, is told."""
        self._is_closed = True
        for thread in (self._decoding, self._vocoding):
            if thread:
                await asyncio.to_thread(thread.close)
        self._preparing.shutdown(wait=False)

    async def _prepare_or_replace(self, voice: Voice, other: Voice) -> None:
        preparation = self._preparation
        assert preparation
        try:
            await self._prepare(lambda: preparation.voice(voice))
        except SynthesisFailed as error:
            log.warning("the main voice speaks instead: %s", error)
            self._stand_ins[voice] = other

    async def _begin(
        self, piece: str, voice: Voice, options: SpeechOptions, seed: int
    ) -> tuple[Listener, Request | None]:
        preparation, listener = self._preparation, Listener(asyncio.get_running_loop(), self.rate_hz)
        if preparation is None:
            raise SynthesisFailed("The voice engine has not been started.")
        try:
            request = await self._prepare(lambda: preparation.request(piece, voice, options, seed, listener))
        except SynthesisFailed:
            raise
        except Exception as error:
            raise explained(error) from error
        if request:
            self._threads[0].submit(request)
        return listener, request

    @property
    def _threads(self) -> tuple[DecodingThread, VocodingThread]:
        if self._decoding is None or self._vocoding is None:
            raise SynthesisFailed("The voice engine has not been started.")
        return self._decoding, self._vocoding

    async def _prepare(self, work: Callable[[], Result]) -> Result:
        """Do this on the preparing thread; what is refused becomes a sentence for the listener."""

        def work_unless_closed() -> Result:
            if self._is_closed:
                raise SynthesisFailed(STOPPED)
            return work()

        if self._is_closed:
            raise SynthesisFailed(STOPPED)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._preparing, work_unless_closed)
        except REFUSALS as error:
            raise SynthesisFailed(str(error), getattr(error, "chinese", "")) from error


def _warm_up_vocoder(acoustic: AcousticModel) -> None:
    torch.set_num_threads(1)  # for this thread
    acoustic.warm_up(WINDOWS)


def _pieces(text: str, language: str, options: SpeechOptions) -> list[str]:
    try:
        pieces = cut_into_pieces(text, "en" if language == "en" else "zh", options.cut)
    except NothingToSay:
        return []
    return [part for piece in pieces for part in spoken_within_limit(piece)]
