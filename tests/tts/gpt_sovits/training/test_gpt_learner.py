"""Other precisions, batches in parts, and numbers that are none."""

import pytest
import torch
from torch.nn import functional

from tests.support.gpt_training import sentence, stored, stored_batch, stored_model
from tts.gpt_sovits.training.gpt_batch import GptBatch, together, with_tokens
from tts.gpt_sovits.training.gpt_learner import MOST_LOST_UPDATES, Learner, dtype_of
from tts.gpt_sovits.training.gpt_losses import spoilt_tokens, targets_of
from tts.gpt_sovits.training.gpt_options import GptOptions, Precision
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.recovery import NotFinite


def learner(precision: Precision = "float32", has_preference: bool = False) -> Learner:
    options = GptOptions("voice", precision=precision, has_preference=has_preference)
    return Learner(stored_model(stored("s1_b3_ragged")[0], False), options, Member("cpu"))


def batch() -> GptBatch:
    return stored_batch(stored("s1_b3_ragged")[1])


def parameters(learner: Learner) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in learner.model.parameters()])


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_learns_about_the_same(precision: Precision):
    """The gradients of one batch point the same way, and the parameters stay in float32."""
    exact, half = learner(), learner(precision)
    expected, taught = (each.derive([batch()], seed=1, is_last=True) for each in (exact, half))
    assert taught.loss == pytest.approx(expected.loss, rel=0.01)
    for ours, theirs in zip(half.model.parameters(), exact.model.parameters(), strict=True):
        assert ours.grad is not None
        assert theirs.grad is not None
        assert torch.cosine_similarity(ours.grad.flatten(), theirs.grad.flatten(), dim=0) > 0.98
    before = parameters(half)
    assert half.update(0.002)
    moved = parameters(half) - before
    assert moved.dtype is torch.float32
    assert 0 < moved.abs().mean() < 0.01


def test_gradients_that_half_precision_cannot_hold_change_nothing():
    half = learner("float16")
    half.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**60)
    before = parameters(half)
    for _ in range(MOST_LOST_UPDATES):
        half.derive([batch()], seed=1, is_last=True)
        half.scaler.update(2.0**60)
        assert not half.update(0.002)
    assert torch.equal(parameters(half), before)
    half.derive([batch()], seed=1, is_last=True)
    half.scaler.update(2.0**60)
    with pytest.raises(NotFinite):
        half.update(0.002)


def test_a_batch_in_parts_teaches_the_same():
    whole, parted = learner(), learner()
    given = stored("s1_b3_ragged")[1]
    expected = whole.derive([batch()], seed=1, is_last=True)
    taught = parted.derive([together([sentence(given, row)], 1024) for row in range(3)], seed=1, is_last=True)
    assert taught.loss == pytest.approx(expected.loss, rel=1e-5)
    assert (taught.counted, taught.hits, taught.spoken) == (expected.counted, expected.hits, expected.spoken)
    for ours, theirs in zip(parted.model.parameters(), whole.model.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-3, atol=1e-4)


def test_a_loss_that_is_no_number_is_found_at_once():
    broken = learner()
    with torch.no_grad():
        broken.model.ar_predict_layer.weight[0, 0] = torch.nan
    with pytest.raises(NotFinite):
        broken.derive([batch()], seed=1, is_last=True)
    assert not broken.is_finite()


def test_a_gradient_that_is_no_number_changes_nothing():
    broken = learner()
    broken.derive([batch()], seed=1, is_last=True)
    gradient = broken.model.bert_proj.bias.grad
    assert gradient is not None
    gradient[0] = torch.nan
    before = parameters(broken)
    with pytest.raises(NotFinite):
        broken.update(0.002)
    assert torch.equal(parameters(broken), before)


def test_a_preference_is_learnt():
    """What is spoilt becomes less likely than what is right, by more than without it."""
    assert margin(has_preference=True) > margin(has_preference=False)


def margin(has_preference: bool) -> float:
    """By how much what is right is likelier, after some steps, in natural units."""
    learning = learner(has_preference=has_preference)
    for seed in range(8):
        learning.derive([batch()], seed, is_last=True)
        learning.update(0.01)
    spoilt = spoilt_tokens(batch(), False, torch.Generator().manual_seed(99))
    with torch.no_grad():
        right, wrong = (cross_entropies(learning, each) for each in (batch(), with_tokens(batch(), spoilt, 1024)))
    return (wrong - right).mean().item()


def cross_entropies(learning: Learner, given: GptBatch) -> torch.Tensor:
    """Of each sentence."""
    targets, is_counted = targets_of(given, 1024, counts_padding=False)
    losses = functional.cross_entropy(learning.model(given).transpose(1, 2), targets, reduction="none")
    return (losses * is_counted).sum(1)


@pytest.mark.parametrize("with_padding", [False, True])
def test_how_tokens_are_spoilt(with_padding: bool):
    whole = batch()
    source = torch.Generator().manual_seed(3)
    longer = shorter = 0
    for _ in range(40):
        spoilt = spoilt_tokens(whole, with_padding, source)
        for row, count, tokens in zip(spoilt, whole.token_counts.tolist(), whole.tokens, strict=True):
            right = tokens if with_padding else tokens[:count]
            longer += len(row) > len(right)
            shorter += len(row) < len(right)
            assert set(row.tolist()) <= set(right.tolist())
            same = int((row[: len(right)] == right[: len(row)]).long().cumprod(0).sum())
            end = len(right) - (len(row) - same) if len(row) < len(right) else None
            assert len(row) >= len(right) or torch.equal(row[same:], right[end:])
    assert 30 < longer < 90
    assert 30 < shorter < 90


def test_which_precision_is_taken():
    assert dtype_of("auto", torch.device("cpu")) is torch.float32
    assert dtype_of("bfloat16", torch.device("cpu")) is torch.bfloat16
    assert dtype_of("float16", torch.device("cuda")) is torch.float16
