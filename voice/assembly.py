"""Chooses the engines that the settings ask for and starts them in the background."""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import asr.choose
import llm.choose
import tts.choose
from asr.recognizer import Recognizer
from llm.replier import Replier
from tts.choose import Cloning
from tts.gpt_sovits.options import SpeechOptions
from tts.synthesizer import Synthesizer, Voice
from voice.hearing import Hearing
from voice.parts import Note, Part, Parts
from voice.settings import Settings


class Assembly:
    """The background work of a server's start: three engines at once, none waiting for another."""

    def __init__(self, settings: Settings, parts: Parts, voices: list[Voice], chosen: Callable[[Part], None]):
        self._settings = settings
        self._parts = parts
        self._voices = voices
        """Every configured voice, the main one first."""
        self._chosen = chosen
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin; each part says by itself when it is ready."""
        loading = [
            self._parts.hearing.load(self._choose_hearing, Hearing.load, self._chosen),
            self._parts.answering.load(self._choose_answering, _warm_up, self._chosen),
            self._parts.speaking.load(self._choose_speaking, self._start_speaking, self._chosen),
        ]
        task = asyncio.create_task(_load(loading))
        self._tasks.add(task)  # the event loop itself keeps only a weak reference
        task.add_done_callback(self._tasks.discard)

    async def _choose_hearing(self) -> tuple[Hearing | None, Note]:
        wanted = self._settings.asr
        recognizer, note = await asyncio.to_thread(
            asr.choose.choose,
            wanted.engine,
            Path(self._settings.server.models_dir),
            wanted.language,
            wanted.device,
            wanted.keep_emoji,
            wanted.threads,
        )
        return self._queued(recognizer), note

    def _queued(self, recognizer: Recognizer | None) -> Hearing | None:
        return Hearing(recognizer, self._settings.limits.waiting_recognitions) if recognizer else None

    async def _choose_answering(self) -> tuple[Replier | None, Note]:
        wanted, server = self._settings.LLM, self._settings.server
        return await llm.choose.choose(
            wanted.api,
            wanted.key,
            wanted.model,
            wanted.extra_config,
            connect_timeout_s=wanted.connect_timeout_s,
            first_token_timeout_s=wanted.first_token_timeout_s,
            between_tokens_timeout_s=wanted.between_tokens_timeout_s,
            probe_local=wanted.probe_local,
            skip_ports={server.port, *server.ports},
        )

    async def _choose_speaking(self) -> tuple[Synthesizer | None, Note]:
        settings = self._settings
        return await asyncio.to_thread(
            tts.choose.choose, settings.tts.engine, Path(settings.server.models_dir), cloning(settings, self._voices[0])
        )

    async def _start_speaking(self, synthesizer: Synthesizer) -> None:
        await synthesizer.start(self._voices)


def cloning(settings: Settings, main: Voice) -> Cloning:
    """What the settings say about the voice to clone."""
    gsv = settings.GSV
    return Cloning(
        gpt=Path(gsv.GPT_weight) if gsv.GPT_weight else None,
        sovits=Path(gsv.SoVITS_weight) if gsv.SoVITS_weight else None,
        has_reference=main.reference is not None,
        options=SpeechOptions(top_k=gsv.top_k, seed=gsv.seed),
        rules=settings.tts.text_rules,
        rows=settings.tts.pieces_at_once,
        is_exact=settings.tts.exact,
        device=settings.tts.device,
        cache=Path(settings.server.data_dir) / "cache" / "voices",
        voices_loaded=settings.tts.voices_loaded,
        has_characters=settings.studio.enabled,
    )


async def _load(loading: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Load the engines, then take what they have brought out of the garbage collector's sight.

    It stays as long as the server, and looking through it would halt every turn for 40 to 340 ms now and then.
    """
    await asyncio.gather(*loading)
    gc.collect()
    gc.freeze()


async def _warm_up(replier: Replier) -> None:
    await replier.warm_up()
