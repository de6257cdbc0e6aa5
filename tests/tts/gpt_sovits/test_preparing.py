"""From a text to a request: what goes to the decoder, what is refused, and which weights stay in memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.speaking import VOICE
from tts.gpt_sovits.loading import PLACES, Weights
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.preparing import NotReady, Preparation, chosen_device
from tts.gpt_sovits.random_weights import write_acoustic, write_semantic
from tts.gpt_sovits.refusal import CheckpointRefused
from tts.gpt_sovits.request import Request
from tts.gpt_sovits.settings import EngineSettings
from tts.synthesizer import SynthesisFailed, Voice

NOBODY: Any = None


@pytest.fixture(scope="module")
def preparation(files, voice_cache: Path) -> Preparation:
    return Preparation(EngineSettings(files, cache=voice_cache, device="cpu", rows=2))


def requested(preparation: Preparation, text: str, voice: Voice = VOICE, **options: Any) -> Request:
    ready = preparation.get_ready(voice)
    request = preparation.request(text, voice, SpeechOptions(**options), 5, NOBODY, ready)
    assert request
    return request


def test_the_decoder_gets_the_references_words_first_and_the_vocoder_only_the_new_ones(preparation: Preparation):
    request, shorter = requested(preparation, "今天天气真不错。"), requested(preparation, "今天天气。")
    words = preparation.voice(VOICE).words
    assert words
    assert torch.equal(request.prompt.phones, torch.cat([words.phones, request.phones]))
    assert request.prompt.bert.shape == (1024, len(request.prompt.phones))
    assert request.prompt.bert[:, len(words.phones) :].any()  # BERT has read the Chinese
    assert torch.equal(request.prompt.tokens, shorter.prompt.tokens)
    assert request.prompt.seed == 5
    assert request.expected.most > shorter.expected.most


def test_without_a_transcript_only_the_new_phones_are_there(preparation: Preparation):
    assert VOICE.reference
    request = requested(preparation, "今天天气真不错。", replace(VOICE, reference=replace(VOICE.reference, text="")))
    assert torch.equal(request.prompt.phones, request.phones)
    assert len(request.prompt.tokens) == 0


def test_options_reach_the_sampling(preparation: Preparation):
    request = requested(preparation, "你好。", top_k=7, top_p=0.5, temperature=0.3, repetition_penalty=1.1, speed=2.0)
    sampling = request.prompt.sampling
    assert (sampling.top_k, sampling.top_p, sampling.temperature, sampling.repetition_penalty) == (7, 0.5, 0.3, 1.1)
    assert request.speed == 2.0
    assert requested(preparation, "你好。", top_k=10**30).prompt.sampling.top_k == 1025


@pytest.mark.parametrize("text", ["", "。", "😀", " \n"])
def test_nothing_to_pronounce_is_no_request(preparation: Preparation, text: str):
    preparation.get_ready(VOICE)
    assert preparation.request(text, VOICE, SpeechOptions(), 5, NOBODY) is None


def test_a_piece_beyond_what_the_slots_hold_is_refused(preparation: Preparation):
    with pytest.raises(SynthesisFailed, match="too long to be spoken in one piece"):
        requested(preparation, "好" * (PLACES // 2))


def test_a_long_piece_ends_before_the_slots_do(preparation: Preparation):
    request = requested(preparation, "好" * 800)
    taken = len(request.prompt.phones) + len(request.prompt.tokens)
    assert taken + request.expected.most < PLACES


def test_a_voice_is_asked_for_by_its_weights(preparation: Preparation, tmp_path: Path):
    write_semantic(tmp_path / "own.ckpt", "tiny", seed=1)
    write_acoustic(tmp_path / "own.pth", "v2", "tiny", seed=1)
    own = replace(VOICE, weights=Weights(tmp_path / "own.ckpt", tmp_path / "own.pth"))
    with pytest.raises(NotReady):
        preparation.request("你好。", own, SpeechOptions(), 5, NOBODY)
    ready, usual = preparation.get_ready(own), preparation.get_ready(VOICE)
    assert ready.models is not usual.models
    assert ready.prepared is not usual.prepared
    request = preparation.request("你好。", own, SpeechOptions(), 5, NOBODY)
    assert request
    assert request.decoder is ready.models.decoder
    assert requested(preparation, "你好。").decoder is usual.models.decoder


def test_weights_that_are_not_there_are_refused(preparation: Preparation, tmp_path: Path):
    before = preparation.weights
    with pytest.raises(CheckpointRefused, match=r"gone\.ckpt"):
        preparation.use(Weights(tmp_path / "gone.ckpt", tmp_path / "gone.pth"))
    assert preparation.weights == before


def test_a_device_is_chosen_or_named():
    assert chosen_device("cpu") == torch.device("cpu")
    assert chosen_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
