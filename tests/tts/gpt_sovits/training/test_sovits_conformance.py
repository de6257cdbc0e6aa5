"""One whole step of both networks gives the reference's losses, gradients and updates."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support.sovits_training import FROZEN, batch_of, config_of, fill, load_vectors
from tests.support.studio_work import training_vectors
from tts.gpt_sovits.features.spectrogram import HOP
from tts.gpt_sovits.training.discriminators import Discriminators, periods_of
from tts.gpt_sovits.training.mel import log_mel, spectrograms
from tts.gpt_sovits.training.sovits_attention import mask_of
from tts.gpt_sovits.training.sovits_generator import Chances, Generated, Generator
from tts.gpt_sovits.training.sovits_latent import slices
from tts.gpt_sovits.training.sovits_names import training_name
from tts.gpt_sovits.training.sovits_step import Rates, SovitsStep, StepResult

VECTORS = ["s2_step_v2", pytest.param("s2_step_v2pro", marks=pytest.mark.slow)]
LOSSES, NORM, EACH_NORM, OUTPUTS = 1e-5, 1e-4, 1e-3, 1e-4
"""Relative tolerances."""
ROUNDING_ONLY = (".conv_k.bias", "ref_enc.slf_attn.w_ks.bias")
"""A bias that all scores of a row share changes no softmax: its gradient is zero but for rounding."""


@dataclass(frozen=True)
class Stepped:
    """What one step from the stored weights did; gradients and changes by upstream's names."""

    expected: dict[str, Any]
    stored: dict[str, Tensor]
    generated: Generated
    result: StepResult
    gradients: dict[str, float]
    judges_gradients: dict[str, float]
    changes: dict[str, float]
    codes: Tensor


@pytest.fixture(autouse=True, scope="module")
def _on_one_thread(on_one_thread: None) -> None:
    pass


@cache
def stepped(name: str) -> Stepped:
    expected, stored = load_vectors(name)
    config = config_of(expected["model_config"])
    names, judges_names = [*expected["grad_norms_g"], *FROZEN], list(expected["grad_norms_d"])
    generator = Generator(config, expected["segment_size"] // HOP)
    generator.style.dropout.p = 0.0  # as everywhere in the vectors
    fill(generator, names, expected["weight_fill_seed_G"])
    judges = Discriminators(periods_of(config.version))
    fill(judges, judges_names, expected["weight_fill_seed_D"])
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    step = SovitsStep(generator, judges, Rates(base=expected["lr"], text=expected["text_low_lr_rate"], decay=1.0))
    batch, chances = batch_of(stored), Chances(stored["eps"], stored["u"])
    with torch.no_grad():
        generated, codes = generator(batch, chances), generator.quantizer.tokens(batch.features)
    result = step(batch, chances)
    after = generator.state_dict()
    changes = {each: length(after[training_name(each)] - before[training_name(each)]) for each in names}
    norms, judges_norms = norms_of(generator, names), norms_of(judges, judges_names)
    return Stepped(expected, stored, generated, result, norms, judges_norms, changes, codes)


def norms_of(network: torch.nn.Module, names: list[str]) -> dict[str, float]:
    gradients = {name: tensor.grad for name, tensor in network.named_parameters() if tensor.grad is not None}
    return {each: length(gradients[training_name(each)]) for each in names if training_name(each) in gradients}


def length(tensor: Tensor) -> float:
    """In float32 a sum over millions of squares is off by a thousandth."""
    return tensor.double().norm().item()


@pytest.mark.parametrize("name", VECTORS)
def test_the_generator_makes_what_the_reference_makes(name: str):
    step = stepped(name)
    made = {
        "y_hat": step.generated.sound,
        "z": step.generated.latent,
        "z_p": step.generated.latent_as_prior,
        "m_p": step.generated.prior_mean,
        "logs_p": step.generated.prior_log_deviation,
        "y_hat_mel": log_mel(spectrograms(step.generated.sound[:, 0])),
        "y_mel": slices(log_mel(step.stored["spec"]), step.generated.starts, step.expected["segment_size"] // HOP),
    }
    for output, tensor in made.items():
        wanted = step.stored[f"out_{output}"]
        assert tensor.shape == wanted.shape, output
        assert float((tensor - wanted).abs().max()) <= OUTPUTS * float(wanted.abs().max()), output
    assert torch.equal(step.generated.starts, step.stored["ids_slice"])
    assert torch.equal(step.codes, step.stored["codes"][:, 0])


@pytest.mark.parametrize("name", VECTORS)
def test_every_loss_is_that_of_the_reference(name: str):
    step = stepped(name)
    wanted = step.expected["losses"]
    values = step.result.values()
    for loss in ("disc", "gen", "fm", "mel", "kl"):
        assert values[loss] == pytest.approx(wanted[loss], rel=LOSSES), loss
    assert values["loss"] == pytest.approx(wanted["total"], rel=LOSSES)
    judged = step.result.discriminators
    for made, loss in ((judged.real, "disc_real"), (judged.fake, "disc_fake")):
        assert [each.item() for each in made] == pytest.approx(wanted[loss], rel=LOSSES)
    assert [each.item() for each in step.result.generator.adversarial] == pytest.approx(wanted["gen_each"], rel=LOSSES)


@pytest.mark.parametrize("name", VECTORS)
def test_every_gradient_is_that_of_the_reference(name: str):
    step = stepped(name)
    expected = step.expected
    assert float(step.result.generator_norm) == pytest.approx(expected["grad_norm_total_g"], rel=NORM)
    assert float(step.result.discriminators_norm) == pytest.approx(expected["grad_norm_total_d"], rel=NORM)
    for made, wanted in ((step.gradients, "grad_norms_g"), (step.judges_gradients, "grad_norms_d")):
        assert made.keys() == expected[wanted].keys()
        for parameter, norm in expected[wanted].items():
            if not parameter.endswith(ROUNDING_ONLY):
                assert made[parameter] == pytest.approx(norm, rel=EACH_NORM), parameter


@pytest.mark.parametrize("name", VECTORS)
def test_every_update_is_that_of_the_reference(name: str):
    step = stepped(name)
    for parameter, change in step.expected["param_delta_norms_g_after_adamw"].items():
        if not parameter.endswith(ROUNDING_ONLY):
            assert step.changes[parameter] == pytest.approx(change, rel=EACH_NORM, abs=1e-12), parameter
    assert all(step.changes[name] == 0 for name in FROZEN)


def test_spectrograms_are_those_of_the_reference():
    stored = torch.load(training_vectors() / "spec_mel.pt", weights_only=True)
    made = spectrograms(stored["wav"])
    assert float((made - stored["spec"]).abs().max()) < 1e-4
    assert float((log_mel(made) - stored["logmel"]).abs().max()) < 1e-4


def test_masks_cover_what_is_there():
    assert mask_of(torch.tensor([2, 0, 3]), 3)[:, 0].tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
