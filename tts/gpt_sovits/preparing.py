"""From a text and a voice to a request: models, reference and phones, each computed once and remembered."""

import logging
import re
from collections import OrderedDict
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from tts.gpt_sovits.checkpoint import CheckpointRefused
from tts.gpt_sovits.features.bert import load_bert
from tts.gpt_sovits.features.hubert import load_hubert
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.features.speaker import load_speaker
from tts.gpt_sovits.features.tokenizer import load_tokenizer
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.guard import Expectation, expectation
from tts.gpt_sovits.loading import PLACES, VoiceModels, Weights, load_voice
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.reading import Reader
from tts.gpt_sovits.request import Listener, Request
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt
from tts.gpt_sovits.settings import EngineSettings
from tts.gpt_sovits.store import Store
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.spellers import make_speller
from tts.gpt_sovits.text.spelling import Language, RuleSet, Speller
from tts.gpt_sovits.text.zh.chinese import Chinese
from tts.gpt_sovits.text.zh.g2pw import G2pw
from tts.gpt_sovits.voices import FeatureModels, PreparedVoice, Voices
from tts.synthesizer import SynthesisFailed, Voice

log = logging.getLogger("yinliu.gpt_sovits")

MOST_WEIGHTS = 3
"""Pairs of weights kept in memory; those who speak with older ones keep them until they have finished."""


class Preparation:
    """Used from one thread, which is not the one that decodes or vocodes."""

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
        self._models: OrderedDict[Weights, VoiceModels] = OrderedDict()
        self.weights = Weights(_needed(files.gpt, "GPT"), _needed(files.sovits, "SoVITS"))
        """What new requests speak with."""

    def use(self, weights: Weights) -> VoiceModels:
        """Let new requests speak with these weights; raises CheckpointRefused, and then nothing has changed."""
        wanted = self._settings
        if weights not in self._models:
            self._models[weights] = load_voice(weights, wanted.rows, wanted.is_exact, self._device)
        self._models.move_to_end(weights)
        while len(self._models) > MOST_WEIGHTS:
            self._models.popitem(last=False)
        self.weights = weights
        return self._models[weights]

    def voice(self, voice: Voice) -> PreparedVoice:
        return self._voices.prepare(voice, self.use(self.weights))

    def request(
        self, piece: str, voice: Voice, options: SpeechOptions, seed: int, listener: Listener
    ) -> Request | None:
        """What the decoder shall do for a piece; None where there is nothing to pronounce."""
        prepared, models = self.voice(voice), self.use(self.weights)
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


def spelled_with(files: GPTSoVITSFiles, language: Language, rules: RuleSet) -> Speller:
    """A language's speller; for Mandarin with g2pW, where it was downloaded and is sound."""
    if language == "zh" and files.g2pw and files.bert:
        try:
            return Chinese(rules, G2pw(files.g2pw, load_tokenizer(files.bert)))
        except CheckpointRefused as refusal:
            log.warning("Chinese is read without g2pW: %s", refusal)
    return make_speller(language, rules)


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
