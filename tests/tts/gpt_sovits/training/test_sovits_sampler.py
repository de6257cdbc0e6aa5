"""The order of utterances is the reference's, and nothing is left out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.studio_work import training_vectors
from tts.gpt_sovits.training.sovits_sampler import BOUNDARIES, Devices, batches_of

VECTORS = json.loads((training_vectors() / "samplers.json").read_text())
CASES = [case for case in VECTORS["cases"] if case["kind"] == "s2"]


def test_there_are_cases_with_several_devices():
    assert any(case["replicas"] > 1 for case in CASES)
    assert list(BOUNDARIES) == VECTORS["boundaries"]


@pytest.mark.parametrize("case", CASES)
def test_batches_come_in_the_order_of_the_reference(case: dict):
    devices = Devices(case["replicas"], case["rank"])
    assert batches_of(VECTORS["s2_lengths_frames"], case["batch_size"], case["epoch"], devices) == case["batches"]


@given(st.lists(st.integers(1, 2100), max_size=50), st.integers(1, 9), st.integers(1, 4), st.integers(1, 99))
def test_every_usable_utterance_is_used_and_every_device_has_as_much_to_do(
    lengths: list[int], batch_size: int, count: int, epoch: int
):
    by_device = [batches_of(lengths, batch_size, epoch, Devices(count, rank)) for rank in range(count)]
    assert len({len(batches) for batches in by_device}) == 1
    assert all(len(batch) == batch_size for batches in by_device for batch in batches)
    used = {index for batches in by_device for batch in batches for index in batch}
    assert used == {i for i, length in enumerate(lengths) if BOUNDARIES[0] < length <= BOUNDARIES[-1]}
