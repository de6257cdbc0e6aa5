"""One step of training equals upstream's: loss, gradients, and by how much parameters change."""

import pytest
import torch
from torch import Tensor

from tests.support.gpt_training import sentence, stored, stored_batch, stored_model
from tts.gpt_sovits.training.gpt_batch import GptBatch, together
from tts.gpt_sovits.training.gpt_losses import GptLoss, loss_of, spoilt_tokens
from tts.gpt_sovits.training.scaled_adam import ScaledAdam
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic

NAMES = ("s1_b1", "s1_b2_equal_text", "s1_b3_ragged", "s1_dpo")
EOS = 1024


def rejected(given: dict[str, Tensor]) -> list[Tensor] | None:
    if "reject_y" not in given:
        return None
    return [row[:count] for row, count in zip(given["reject_y"], given["reject_y_lens"].tolist(), strict=True)]


def stepped(name: str) -> tuple[TextToSemantic, GptLoss, dict[str, float]]:
    """The model with its gradients, the loss, and the length of each parameter's change in one step."""
    told, given = stored(name)
    model = stored_model(told, is_as_upstream=True)
    loss = loss_of(model, stored_batch(given), EOS, counts_padding=True, spoilt=rejected(given))
    loss.total.backward()
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    ScaledAdam(model.parameters(), lr=0.01).step()
    changes = {name: (parameter.detach() - before[name]).norm().item() for name, parameter in model.named_parameters()}
    return model, loss, changes


@pytest.mark.parametrize("name", NAMES)
def test_a_step_of_upstream(name: str):
    told, _ = stored(name)
    model, loss, changes = stepped(name)
    assert loss.total.item() == pytest.approx(told["loss"], rel=1e-5)
    assert (loss.hits / loss.spoken).item() == pytest.approx(told["top3_acc"], abs=1e-6)
    norms = {
        name: parameter.grad.norm().item() for name, parameter in model.named_parameters() if parameter.grad is not None
    }
    assert norms == pytest.approx(told["grad_norms"], rel=1e-3)
    assert sum(norm**2 for norm in norms.values()) ** 0.5 == pytest.approx(told["grad_norm_total"], rel=1e-4)
    expected = told["param_delta_norms_after_scaledadam_lr0.01"]
    assert changes.keys() == expected.keys()
    for parameter, change in expected.items():
        # a third of these biases are the keys', whose gradient is nothing but rounding
        tolerance = 0.1 if parameter.endswith("in_proj_bias") else 1e-3
        assert changes[parameter] == pytest.approx(change, rel=tolerance), parameter


def test_the_two_parts_of_dpo():
    told, _ = stored("s1_dpo")
    _, loss, _ = stepped("s1_dpo")
    assert loss.cross_entropy.item() == pytest.approx(told["ce_sum"], rel=1e-5)
    assert (loss.total - loss.cross_entropy).item() == pytest.approx(told["dpo"], rel=1e-4)


@pytest.mark.parametrize(
    ("counts_padding", "name"), [(False, "corrected_leftpad_valid_only"), (True, "corrected_leftpad_incl_padding")]
)
def test_padding_done_right(counts_padding: bool, name: str):
    told, given = stored("s1_b3_ragged")
    model = stored_model(told, is_as_upstream=False)
    loss = loss_of(model, stored_batch(given), EOS, counts_padding)
    assert loss.total.item() == pytest.approx(told["corrected"][name], rel=1e-5)


@pytest.fixture
def ragged() -> tuple[TextToSemantic, dict[str, Tensor]]:
    told, given = stored("s1_b3_ragged")
    return stored_model(told, is_as_upstream=False), given


def gradients(model: TextToSemantic, batches: list[GptBatch], spoilt: list[list[Tensor]] | None = None) -> list[Tensor]:
    model.zero_grad()
    for number, batch in enumerate(batches):
        loss = loss_of(model, batch, EOS, False, spoilt[number] if spoilt else None)
        loss.total.backward()
    return [parameter.grad.clone() for parameter in model.parameters() if parameter.grad is not None]


def test_a_sentence_learns_the_same_alone_and_among_longer_ones(ragged: tuple[TextToSemantic, dict[str, Tensor]]):
    model, given = ragged
    sentences = [sentence(given, row) for row in range(3)]
    among = gradients(model, [together(sentences, EOS)])
    alone = gradients(model, [together([each], EOS) for each in sentences])
    for ours, expected in zip(among, alone, strict=True):
        torch.testing.assert_close(ours, expected, rtol=1e-3, atol=1e-4)


def test_a_preference_is_the_same_alone_and_among_longer_ones(ragged: tuple[TextToSemantic, dict[str, Tensor]]):
    model, given = ragged
    batch = stored_batch(given)
    spoilt = spoilt_tokens(batch, with_padding=False, source=torch.Generator().manual_seed(1))
    with torch.no_grad():
        together_ = loss_of(model, batch, EOS, False, spoilt)
        alone = [
            loss_of(model, together([sentence(given, row)], EOS), EOS, False, [spoilt[row]])
            for row in range(len(spoilt))
        ]
    preferences = [loss.total - loss.cross_entropy for loss in alone]
    assert (together_.total - together_.cross_entropy).item() == pytest.approx(
        sum(map(float, preferences)) / len(preferences), rel=1e-4
    )


def test_where_upstream_errs_the_result_differs(ragged: tuple[TextToSemantic, dict[str, Tensor]]):
    """Or the two modes were one."""
    model, given = ragged
    upstream = stored_model(stored("s1_b3_ragged")[0], is_as_upstream=True)
    with torch.no_grad():
        ours, theirs = (loss_of(each, stored_batch(given), EOS, False).total.item() for each in (model, upstream))
    assert ours != pytest.approx(theirs, rel=1e-3)
