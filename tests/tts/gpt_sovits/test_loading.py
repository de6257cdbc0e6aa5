"""The models in the form that is fastest, and how near that stays to the exact one."""

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from tests.support.prompts import random_prompt
from tts.gpt_sovits.acoustic.model import AcousticModel
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.loading import VoiceModels, Weights, can_compile, fingerprint, load_voice
from tts.gpt_sovits.precision import HalfLinear, with_half_linears
from tts.gpt_sovits.refusal import CheckpointRefused
from tts.gpt_sovits.semantic.decoder import Decoder

HAS_BFLOAT16 = fast_dtype(torch.device("cpu")) == torch.bfloat16


@pytest.fixture(scope="module")
def exact(files) -> VoiceModels:
    return load_voice(Weights(files.gpt, files.sovits), row_count=2, is_exact=True)


def test_exact_models_are_float32_throughout(exact: VoiceModels):
    assert type(exact.decoder) is Decoder
    for model in (exact.acoustic, exact.decoder.model):
        assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert exact.decoder.slots.keys.dtype == torch.float32


def spoken(model: AcousticModel) -> torch.Tensor:
    source = torch.Generator().manual_seed(2)
    timbre = torch.randn(1, model.config.gin_channels, 1, generator=source)
    tokens = torch.randint(0, 1024, (1, 30), generator=source)
    phones = torch.randint(0, 732, (1, 12), generator=source)
    noise = torch.randn(1, model.config.inter_channels, 60, generator=source)
    return model.speak(tokens, phones, model.conditions(timbre), noise)


@pytest.mark.skipif(not HAS_BFLOAT16, reason="the processor does not multiply bfloat16")
def test_the_quick_vocoder_sounds_nearly_like_the_exact_one(models: VoiceModels, exact: VoiceModels):
    quick, precise = spoken(models.acoustic), spoken(exact.acoustic)
    assert quick.dtype == torch.float32
    ratio = 10 * torch.log10(precise.square().mean() / (quick - precise).square().mean())
    assert ratio > 25  # dB


def test_the_quick_decoder_starts_nearly_like_the_exact_one(models: VoiceModels, exact: VoiceModels):
    prompt = random_prompt(1, phones=30, tokens=60)
    for each in (models, exact):
        each.decoder.prefill(0, prompt)
    quick, precise = (each.decoder.slots.logits[0] for each in (models, exact))
    assert torch.corrcoef(torch.stack([quick, precise]))[0, 1] > 0.999


def test_weights_that_do_not_belong_together_are_refused(files, tmp_path: Path):
    with pytest.raises(CheckpointRefused, match=r"\S"):
        load_voice(Weights(files.sovits, files.gpt), row_count=1)
    with pytest.raises(CheckpointRefused, match=r"missing\.pth"):
        load_voice(Weights(files.gpt, tmp_path / "missing.pth"), row_count=1)


def test_a_fingerprint_is_of_the_content(tmp_path: Path):
    for name, content in (("a", b"x" * 3_000_000), ("b", b"x" * 3_000_000), ("c", b"x" * 2_999_999 + b"y")):
        (tmp_path / name).write_bytes(content)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b") != fingerprint(tmp_path / "c")


@pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")
@pytest.mark.parametrize("missing", ["numba", "llvmlite"])
def test_without_numba_nothing_is_compiled(exact: VoiceModels, missing: str, monkeypatch: pytest.MonkeyPatch):
    assert can_compile(exact.decoder.model)
    for name in list(sys.modules):
        if name.startswith("tts.gpt_sovits.semantic.compiled"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("tts.gpt_sovits.semantic.compiled", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    if missing == "llvmlite":
        monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    assert not can_compile(exact.decoder.model)


def test_half_linears_answer_nearly_the_same_in_any_shape():
    torch.manual_seed(0)
    linear = torch.nn.Linear(96, 40)
    x = torch.randn(2, 5, 96)
    half = HalfLinear(linear)(x)
    assert half.shape == (2, 5, 40)
    torch.testing.assert_close(half.float(), linear(x), atol=0.03, rtol=0.03)


def test_all_linears_below_a_module_are_replaced():
    module = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Linear(4, 2)))
    with_half_linears(module)
    assert [type(each).__name__ for each in module.modules() if isinstance(each, HalfLinear)] == ["HalfLinear"] * 2
    assert not any(isinstance(each, torch.nn.Linear) for each in module.modules())
