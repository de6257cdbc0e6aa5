"""From a text and a voice to a request: models, reference and phones, each computed once and remembered."""

import re
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from tts.gpt_sovits.acoustic.stream import WINDOWS
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.features.bert import load_bert
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.features.speaker import load_speaker
from tts.gpt_sovits.guard import Expectation, expectation
from tts.gpt_sovits.loaded import LoadedWeights
from tts.gpt_sovits.loading import PLACES, VoiceModels, Weights, load_voice
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.reading import Reader
from tts.gpt_sovits.request import Listener, Request
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt
from tts.gpt_sovits.settings import EngineSettings
from tts.gpt_sovits.store import Store
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.voices import FeatureModels, PreparedVoice, Voices
from tts.gpt_sovits.with_g2pw import spelled_with
from tts.synthesizer import SynthesisFailed, Voice


class NotReady(Exception):
    """The voice's weights or its reference must be loaded first."""


@dataclass(frozen=True)
class Ready:
    """A voice that can speak at once."""

    models: VoiceModels
    prepared: PreparedVoice


class Preparation:
    """Two threads use it, neither of which decodes or vocodes: one makes requests, which takes milliseconds, the other
    gets voices ready, which may take seconds.
    """

    def __init__(self, settings: EngineSettings):
        torch.set_num_threads(1)
        self._settings = settings
        self._device = chosen_device(settings.device)
        files = settings.files
        self.frontend = Frontend(settings.rules, partial(spelled_with, files))
        dtype = torch.float32 if settings.is_exact else fast_dtype(self._device)
        bert = load_bert(files.bert, device=self._device, dtype=dtype) if files.bert else None
        if bert:
            bert.warm_up()
        features = FeatureModels(
            lambda: load_hubert(_needed(files.hubert, "chinese-hubert-base"), device=self._device, dtype=dtype),
            lambda: load_speaker(_needed(files.speaker, "sv"), device=self._device, dtype=dtype),
            fingerprint=f"{dtype} {_sizes(files.hubert)} {_sizes(files.speaker)}",
        )
        self._reader = Reader(self.frontend, bert)
        self._voices = Voices(self._reader, features, Store(settings.cache))
        weights = Weights(_needed(files.gpt, "GPT"), _needed(files.sovits, "SoVITS"))
        self._loaded = LoadedWeights(weights, settings.voices_loaded, self._load)
        self._warm: set[AcousticConfig] = set()

    @property
    def weights(self) -> Weights:
        """What voices speak with that have none of their own."""
        return self._loaded.main

    def use(self, weights: Weights) -> VoiceModels:
        """Let such voices speak with these; raises CheckpointRefused, and then nothing has changed."""
        models = self._loaded.get(weights)
        self._loaded.main = weights
        return models

    def voice(self, voice: Voice) -> PreparedVoice:
        """What `get_ready` has prepared of it."""
        return self.get_ready(voice).prepared

    def get_ready(self, voice: Voice) -> Ready:
        """Load what is missing; raises CheckpointRefused, ReferenceRefused, and what reading the transcript raises."""
        models = self._loaded.get(voice.weights or self.weights)
        return Ready(models, self._voices.prepare(voice, models))

    def request(
        self,
        piece: str,
        voice: Voice,
        options: SpeechOptions,
        seed: int,
        listener: Listener,
        ready: Ready | None = None,
    ) -> Request | None:
        """What the decoder shall do for a piece; None where there is nothing to pronounce.

        Raises NotReady where the voice has not been made `ready`, and SynthesisFailed.
        """
        models, prepared = self._found(voice) if ready is None else (ready.models, ready.prepared)
        text = self._reader.read(piece, voice.language)
        if not len(text.phones):
            _require_no_letters(piece, voice.language)
            return None
        whole = prepared.words + text if prepared.words else text
        prompt = Prompt(
            whole.phones,
            whole.bert,
            prepared.tokens,
            _sampling(options, models.decoder.model.config.vocab_size),
            seed,
        )
        expected = _that_fits(expectation(len(text.phones)), len(whole.phones) + len(prepared.tokens))
        return Request(
            *(prompt, text.phones, prepared.conditions, models.decoder, models.acoustic, expected),
            *(options.speed, options.pacing, listener),
        )

    def _found(self, voice: Voice) -> tuple[VoiceModels, PreparedVoice]:
        models = self._loaded.find(voice.weights or self.weights)
        prepared = models and self._voices.find(voice, models)
        if models is None or prepared is None:
            raise NotReady
        return models, prepared

    def _load(self, weights: Weights) -> VoiceModels:
        """Models whose first sound takes no longer than any other; code is generated once for each form of them."""
        wanted = self._settings
        models = load_voice(weights, wanted.rows, wanted.is_exact, self._device)
        if models.acoustic.config not in self._warm:
            models.acoustic.warm_up(WINDOWS)
            self._warm.add(models.acoustic.config)
        return models


def _sampling(options: SpeechOptions, choices: int) -> Sampling:
    top_k = min(options.top_k, choices)  # of any size that somebody may think of
    return Sampling(top_k, options.top_p, options.temperature, options.repetition_penalty)


def _that_fits(expected: Expectation, taken: int) -> Expectation:
    room = PLACES - taken - 1
    if room < expected.least:
        raise SynthesisFailed(
            "This text is too long to be spoken in one piece; send it in sentences.",
            "这段文字太长，无法一次说完；请分句发送。",
        )
    return replace(expected, most=min(expected.most, room))


def _require_no_letters(piece: str, language: str) -> None:
    """Marks and pictures are passed over in silence, words are not."""
    if any(character.isalpha() for character in piece):
        raise SynthesisFailed(
            f"Nothing in this text can be pronounced as {language!r}; GSV.text_lang may say auto.",
            f"这段文字无法按 {language!r} 朗读；可把 GSV.text_lang 设为 auto。",
        )


def chosen_device(name: str) -> torch.device:
    """auto: the graphics card where there is one."""
    has_card = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if has_card else "cpu")
    if name == "cpu" or (has_card and re.fullmatch(r"cuda(:\d+)?", name)):
        return torch.device(name)
    raise SynthesisFailed(
        f"tts.device is {name!r}, but there is no such device that PyTorch can use; set it to auto or cpu.",
        f"tts.device 设为 {name!r}，但 PyTorch 没有可用的这种设备；请改为 auto 或 cpu。",
    )


def _sizes(place: Path | None) -> list[tuple[str, int]]:
    """Names and sizes of a network's files: of other networks they are others."""
    if place is None:
        return []
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return [(file.name, file.stat().st_size) for file in files]


def _needed(path: Path | None, what: str) -> Path:
    if path is None:
        command = "`python3 start.py models get gpt-sovits`"
        raise SynthesisFailed(
            f"The {what} model is missing; {command} gets it.", f"缺少 {what} 模型，可用 {command} 下载。"
        )
    return path
