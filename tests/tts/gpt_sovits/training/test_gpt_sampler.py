"""The order of an epoch is upstream's where that is asked for, and every process has its share of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.support.studio_work import training_vectors
from tts.gpt_sovits.training.gpt_sampler import epoch_batches
from tts.gpt_sovits.training.gpt_schedule import is_update, learning_rate

counts_of_tokens = some.lists(some.integers(0, 1350), min_size=1, max_size=60)


def vectors() -> dict[str, Any]:
    return json.loads((training_vectors() / "samplers.json").read_text("utf-8"))


@pytest.mark.parametrize("case", [case for case in vectors()["cases"] if case["kind"] == "s1"])
def test_the_order_of_upstream(case: dict[str, Any]):
    lengths = vectors()["s1_lengths_tokens"]
    place = (case["rank"], case["replicas"])
    batches = epoch_batches(lengths, case["batch_size"], case["epoch"], True, *place)
    assert [index for batch in batches for index in batch] == case["indices"]
    assert {len(batch) for batch in batches[:-1]} == {case["batch_size"]}


@given(counts_of_tokens, some.integers(1, 9), some.integers(0, 3), some.booleans(), some.integers(1, 3))
def test_every_sentence_is_heard_and_no_process_waits(
    counts: list[int], batch_size: int, epoch: int, is_as_upstream: bool, world: int
):
    shares = [epoch_batches(counts, batch_size, epoch, is_as_upstream, rank, world) for rank in range(world)]
    assert {index for share in shares for batch in share for index in batch} == set(range(len(counts)))
    assert len({tuple(len(batch) for batch in share) for share in shares}) == 1
    assert all(0 < len(batch) <= batch_size for share in shares for batch in share)
    if world == 1:
        assert sum(len(batch) for batch in shares[0]) == len(counts)


@given(counts_of_tokens, some.integers(1, 9))
def test_no_batch_mixes_two_groups(counts: list[int], batch_size: int):
    """So of all batches, at most one is smaller than the others."""
    sizes = [len(batch) for batch in epoch_batches(counts, batch_size, 0, is_as_upstream=False)]
    assert sum(size < batch_size for size in sizes) <= 1


def test_the_rates_of_upstream():
    for step in json.loads((training_vectors() / "s1_lr_trace.json").read_text("utf-8"))["steps"]:
        assert learning_rate(step["opt_step"], is_as_upstream=True) == step["lr_used"]
        assert learning_rate(step["opt_step"], is_as_upstream=False) == 0.002


def test_when_parameters_change():
    upstream = [batch for batch in range(13) if is_update(batch, 13, is_as_upstream=True)]
    assert upstream == [4, 8, 12]
    ours = [batch for batch in range(13) if is_update(batch, 13, is_as_upstream=False)]
    assert ours == [3, 7, 11, 12]


def test_a_new_model_may_learn_faster_and_from_every_batch():
    assert learning_rate(7, is_as_upstream=False, rate=0.03) == 0.03
    assert all(is_update(batch, 13, is_as_upstream=False, batches=1) for batch in range(13))


@given(some.integers(1, 50))
def test_an_epoch_ends_with_everything_learnt(count: int):
    assert is_update(count - 1, count, is_as_upstream=False)
