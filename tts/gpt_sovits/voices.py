"""Voices ready to speak: everything that depends on the reference alone, computed once and kept."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from tts.gpt_sovits.acoustic.model import Conditions
from tts.gpt_sovits.features.hubert import Hubert
from tts.gpt_sovits.features.speaker import SpeakerNetwork
from tts.gpt_sovits.loading import VoiceModels
from tts.gpt_sovits.reading import Reader, ReadText
from tts.gpt_sovits.references import ReferenceRefused, extra_clip, main_clip, prompt_tokens, timbre
from tts.gpt_sovits.store import Store
from tts.synthesizer import Reference, Voice

REMEMBERED = 64


@dataclass(frozen=True)
class PreparedVoice:
    """words: what the reference says, as the models read it, and tokens [tokens]; None without a transcript."""

    models: VoiceModels
    words: ReadText | None
    tokens: Tensor
    conditions: Conditions


class FeatureModels:
    """The networks that only new references need; loaded with the first of them."""

    def __init__(self, load_hubert: Callable[[], Hubert], load_speaker: Callable[[], SpeakerNetwork]):
        self._load_hubert = load_hubert
        self._load_speaker = load_speaker

    @cached_property
    def hubert(self) -> Hubert:
        return self._load_hubert()

    @cached_property
    def speaker(self) -> SpeakerNetwork:
        return self._load_speaker()


class Voices:
    """Remembers the voices used last; what is costly lies in the store as well. Used from one thread."""

    def __init__(self, reader: Reader, features: FeatureModels, store: Store):
        self._reader = reader
        self._features = features
        self._store = store
        self._known: OrderedDict[str, PreparedVoice] = OrderedDict()

    def prepare(self, voice: Voice, models: VoiceModels) -> PreparedVoice:
        """Raises ReferenceRefused, and what reading the transcript raises."""
        if voice.reference is None:
            raise ReferenceRefused(
                "There is no reference clip to speak like; set GSV.ref_audio_path to a clip of 3 to 10 seconds.",
                "没有参考音频；请把 GSV.ref_audio_path 设为一段 3 到 10 秒的录音。",
            )
        extras = [file for file in voice.extra_references if file.is_file()]
        key = _key(models.fingerprint, voice.reference, extras)
        prepared = self._known.get(key)
        if prepared is None or prepared.models is not models:
            prepared = self._prepared(key, voice.reference, extras, models)
        self._known[key] = prepared
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return prepared

    def _prepared(self, key: str, reference: Reference, extras: list[Path], models: VoiceModels) -> PreparedVoice:
        text = reference.text.strip()
        stored = self._store.load(key)
        if stored is None:
            stored = self._computed(reference, extras, models)
            self._store.save(key, stored)
        words = self._reader.read(text, reference.language) if text else None
        tokens = stored["tokens"] if words else stored["tokens"][:0]
        acoustic = models.acoustic
        return PreparedVoice(models, words, tokens, acoustic.conditions(stored["timbre"].to(acoustic.device)))

    def _computed(self, reference: Reference, extras: list[Path], models: VoiceModels) -> dict[str, Tensor]:
        acoustic = models.acoustic
        clip = main_clip(reference.audio)
        clips = [clip, *(extra_clip(file) for file in extras)]
        with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as beside:
            tokens = beside.submit(lambda: prompt_tokens(clip, self._features.hubert, acoustic))
            speaker = self._features.speaker if acoustic.config.has_speaker_network else None
            return {"timbre": timbre(clips, acoustic, speaker), "tokens": tokens.result()}


def _key(fingerprint: str, reference: Reference, extras: list[Path]) -> str:
    """What a prepared voice depends on; clips count by their content, so a changed file is a new voice."""
    parts = [fingerprint, reference.text.strip(), reference.language]
    parts += [_hash(file) for file in (reference.audio, *extras)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _hash(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ReferenceRefused(
            f"The reference clip {file.name} cannot be read: {error.strerror}.",
            f"参考音频 {file.name} 无法读取：{error.strerror}。",
        ) from None
