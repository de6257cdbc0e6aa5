"""Voices ready to speak: what depends on the reference and the weights alone, computed once and kept."""

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

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

log = logging.getLogger("yinliu.gpt_sovits")

REMEMBERED = 64
Key = tuple[str, str, str]
"""Of the clips and the weights, then what is said in the main clip, and in which language."""


@dataclass(frozen=True)
class PreparedVoice:
    """words: what the reference says, as the models read it, and tokens [tokens]; None without a transcript."""

    words: ReadText | None
    tokens: Tensor
    conditions: Conditions


class FeatureModels:
    """The networks that only new references need; loaded with the first of them.

    fingerprint: tells apart networks that would answer otherwise.
    """

    def __init__(
        self, load_hubert: Callable[[], Hubert], load_speaker: Callable[[], SpeakerNetwork], fingerprint: str = ""
    ):
        self.fingerprint = fingerprint
        self._load_hubert = load_hubert
        self._load_speaker = load_speaker

    @cached_property
    def hubert(self) -> Hubert:
        return self._load_hubert()

    @cached_property
    def speaker(self) -> SpeakerNetwork:
        return self._load_speaker()


class Voices:
    """Remembers the voices used last; what is costly lies in the store as well.

    Any thread may find what is known; one prepares what is new.
    """

    def __init__(self, reader: Reader, features: FeatureModels, store: Store):
        self._reader = reader
        self._features = features
        self._store = store
        self._known: OrderedDict[Key, PreparedVoice] = OrderedDict()
        self._hashes: dict[Path, tuple[tuple[int, int], str]] = {}
        self._sound: set[str] = set()
        """Hashes of extra clips that were read and can be used."""
        self._refused: set[Path] = set()
        self._lock = Lock()

    def find(self, voice: Voice, models: VoiceModels) -> PreparedVoice | None:
        """What has been prepared already; raises ReferenceRefused."""
        with self._lock:
            key, _ = self._key_of(voice, models)
            if key in self._known:
                self._known.move_to_end(key)
            return self._known.get(key)

    def prepare(self, voice: Voice, models: VoiceModels) -> PreparedVoice:
        """Raises ReferenceRefused, and what reading the transcript raises."""
        with self._lock:
            key, extras = self._key_of(voice, models)
            known = self._known.get(key)
        assert voice.reference
        prepared = known or self._prepared(key[0], voice.reference, extras, models)
        with self._lock:
            self._known[key] = prepared
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return prepared

    def _key_of(self, voice: Voice, models: VoiceModels) -> tuple[Key, list[Path]]:
        """Under which a voice is remembered, and those of its extra clips that can be used."""
        if voice.reference is None:
            raise ReferenceRefused(
                "There is no reference clip to speak like; set GSV.ref_audio_path to a clip of 3 to 10 seconds.",
                "没有参考音频；请把 GSV.ref_audio_path 设为一段 3 到 10 秒的录音。",
            )
        extras = list(self._usable(voice.extra_references))
        clips = self._key(models.fingerprint, voice.reference.audio, extras)
        return (clips, voice.reference.text.strip(), voice.reference.language), extras

    def _prepared(self, key: str, reference: Reference, extras: list[Path], models: VoiceModels) -> PreparedVoice:
        text = reference.text.strip()
        stored = self._store.load(key)
        if stored is None:
            stored = self._computed(reference, extras, models)
            self._store.save(key, stored)
        words = self._reader.read(text, reference.language) if text else None
        tokens = stored["tokens"] if words else stored["tokens"][:0]
        acoustic = models.acoustic
        return PreparedVoice(words, tokens, acoustic.conditions(stored["timbre"].to(acoustic.device)))

    def _usable(self, files: tuple[Path, ...]) -> Iterator[Path]:
        """Extra clips that can be read; the others are left out, as upstream does, but not without a word."""
        for file in files:
            try:
                content = self._hash(file)
                if content not in self._sound:
                    extra_clip(file)
                    self._sound.add(content)
            except ReferenceRefused as refusal:
                if file not in self._refused:
                    self._refused.add(file)
                    log.warning("an extra reference is left out: %s", refusal)
                continue
            self._refused.discard(file)
            yield file

    def _computed(self, reference: Reference, extras: list[Path], models: VoiceModels) -> dict[str, Tensor]:
        acoustic = models.acoustic
        clip = main_clip(reference.audio)
        clips = [clip, *(extra_clip(file) for file in extras)]
        with ThreadPoolExecutor(1, initializer=torch.set_num_threads, initargs=(1,)) as beside:
            tokens = beside.submit(lambda: prompt_tokens(clip, self._features.hubert, acoustic))
            speaker = self._features.speaker if acoustic.config.has_speaker_network else None
            return {"timbre": timbre(clips, acoustic, speaker), "tokens": tokens.result()}

    def _key(self, fingerprint: str, audio: Path, extras: list[Path]) -> str:
        """What tokens and timbre depend on; clips count by their content, so a changed file is a new voice."""
        parts = [fingerprint, self._features.fingerprint, *(self._hash(file) for file in (audio, *extras))]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _hash(self, file: Path) -> str:
        """Of a file that has gone since, or has the same size and time, the hash it had."""
        known = self._hashes.get(file)
        try:
            found = file.stat()
            if known is None or known[0] != (found.st_size, found.st_mtime_ns):
                known = (found.st_size, found.st_mtime_ns), hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError as error:
            if known is None:
                raise ReferenceRefused(
                    f"The reference clip {file.name} cannot be read: {error.strerror}.",
                    f"参考音频 {file.name} 无法读取：{error.strerror}。",
                ) from None
        self._hashes[file] = known
        return known[1]
