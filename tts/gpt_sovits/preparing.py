"""From a text and a voice to a request: models, reference and phones, each computed once and remembered."""

import logging
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
        )
        self._reader = Reader(self.frontend, bert)
        self._voices = Voices(self._reader, features, Store(settings.cache))
        self._models: OrderedDict[Weights, VoiceModels] = OrderedDict()

    def models(self, weights: Weights | None) -> VoiceModels:
        """Loaded when they are first asked for; None: the configured ones. Raises CheckpointRefused."""
        files, wanted = self._settings.files, self._settings
        weights = weights or Weights(_needed(files.gpt, "GPT"), _needed(files.sovits, "SoVITS"))
        if weights not in self._models:
            self._models[weights] = load_voice(weights, wanted.rows, wanted.is_exact, self._device)
        self._models.move_to_end(weights)
        while len(self._models) > MOST_WEIGHTS:
            self._models.popitem(last=False)
        return self._models[weights]

    def voice(self, voice: Voice) -> PreparedVoice:
        return self._voices.prepare(voice, self.models(None))

    def request(
        self, piece: str, voice: Voice, options: SpeechOptions, seed: int, listener: Listener
    ) -> Request | None:
        """What the decoder shall do for a piece; None where there is nothing to pronounce."""
        prepared = self.voice(voice)
        text = self._reader.read(piece, voice.language)
        if not len(text.phones):
            return None
        whole = prepared.words + text if prepared.words else text
        prompt = Prompt(
            whole.phones,
            whole.bert,
            prepared.tokens,
            _sampling(options, prepared.models.decoder.model.config.vocab_size),
            seed,
        )
        expected = _that_fits(expectation(len(text.phones)), len(whole.phones) + len(prepared.tokens))
        models = prepared.models
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
        raise SynthesisFailed("This text is too long to be spoken in one piece; let it be cut into sentences.")
    return replace(expected, most=min(expected.most, room))


def spelled_with(files: GPTSoVITSFiles, language: Language, rules: RuleSet) -> Speller:
    """A language's speller; for Mandarin with g2pW, where it was downloaded and is sound."""
    if language == "zh" and files.g2pw and files.bert:
        try:
            return Chinese(rules, G2pw(files.g2pw, load_tokenizer(files.bert)))
        except CheckpointRefused as refusal:
            log.warning("Chinese is read without g2pW: %s", refusal)
    return make_speller(language, rules)


def chosen_device(name: str) -> torch.device:
    """auto: the graphics card where there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


def _needed(path: Path | None, what: str) -> Path:
    if path is None:
        raise SynthesisFailed(f"The {what} model is missing; `python3 start.py models get gpt-sovits` gets it.")
    return path
