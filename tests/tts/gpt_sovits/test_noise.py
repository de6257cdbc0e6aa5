"""Random numbers by seed and place: the same in any order and company, and as random as they should be."""

import math
from functools import cache

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from tts.gpt_sovits.noise import exponential, normal
from tts.gpt_sovits.options import SEED_BITS

SEEDS = st.integers(0, (1 << SEED_BITS) - 1)
PLACES = st.integers(0, 200_000)


def one(seed: int, step: int, count: int = 40) -> torch.Tensor:
    return exponential(torch.tensor([seed]), torch.tensor([step]), count)[0]


@given(st.lists(st.tuples(SEEDS, PLACES), min_size=1, max_size=6))
@example([(5, 0), (5, 0)])
def test_a_row_draws_the_same_whoever_is_beside_it(rows: list[tuple[int, int]]):
    seeds, steps = (torch.tensor(values) for values in zip(*rows, strict=True))
    together = exponential(seeds, steps, 40)
    for drawn, (seed, step) in zip(together, rows, strict=True):
        assert torch.equal(drawn, one(seed, step))


@given(SEEDS, PLACES, st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_frames_are_the_same_in_any_chunks(seed: int, first: int, lengths: list[int]):
    whole = normal(seed, first, sum(lengths), 12)
    parts, place = [], first
    for length in lengths:
        parts.append(normal(seed, place, length, 12))
        place += length
    assert torch.equal(torch.cat(parts, dim=-1), whole)


@given(SEEDS, PLACES)
def test_fewer_channels_are_the_first_of_more(seed: int, first: int):
    assert torch.equal(normal(seed, first, 3, 5), normal(seed, first, 3, 9)[:, :5])
    assert torch.equal(one(seed, first, 5), one(seed, first, 9)[:5])


def test_no_frames_and_no_rows_are_empty():
    assert normal(3, 7, 0, 192).shape == (1, 192, 0)
    assert exponential(torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64), 1025).shape == (0, 1025)


@cache
def many_exponentials() -> torch.Tensor:
    """Of 600 seeds that lie beside each other."""
    return exponential(torch.arange(600), torch.arange(600) % 7, 1000)


@cache
def many_normals() -> torch.Tensor:
    return normal(42, 0, 6000, 100)[0]


def test_exponentials_have_their_distribution():
    drawn = many_exponentials().flatten().double()
    assert drawn.min() > 0
    assert drawn.max() < 17
    assert drawn.mean() == pytest.approx(1, abs=5e-3)
    assert drawn.var() == pytest.approx(1, abs=2e-2)
    for beyond in (0.01, 0.1, 0.5, 1, 2, 4, 7):
        expected = math.exp(-beyond)
        deviation = math.sqrt(expected * (1 - expected) / len(drawn))
        assert abs((drawn > beyond).double().mean() - expected) < 5 * deviation, beyond


def test_normals_have_their_distribution():
    drawn = many_normals().flatten().double()
    assert drawn.mean() == pytest.approx(0, abs=5e-3)
    assert drawn.var() == pytest.approx(1, abs=1e-2)
    assert (drawn**3).mean() == pytest.approx(0, abs=2e-2)
    assert (drawn**4).mean() == pytest.approx(3, abs=5e-2)
    for beyond in (0.1, 0.7, 1, 2, 3, 4):
        expected = math.erfc(beyond / math.sqrt(2))
        deviation = math.sqrt(expected * (1 - expected) / len(drawn))
        assert abs((drawn.abs() > beyond).double().mean() - expected) < 5 * deviation, beyond


def correlation(x: torch.Tensor, y: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([x.flatten(), y.flatten()]).double())[0, 1])


@pytest.mark.parametrize("distance", [1, 2, 64])
def test_neighbours_have_nothing_in_common(distance: int):
    limit = 5 / math.sqrt(500_000)
    drawn = many_exponentials()
    assert abs(correlation(drawn[:, :-distance], drawn[:, distance:])) < limit
    assert abs(correlation(drawn[:-distance], drawn[distance:])) < limit
    frames = many_normals()
    assert abs(correlation(frames[:, :-distance], frames[:, distance:])) < limit
    assert abs(correlation(frames[:-distance], frames[distance:])) < limit


@pytest.mark.parametrize("bit", [0, 16, 31, 32, 61])
def test_every_bit_of_a_seed_counts(bit: int):
    steps = torch.arange(200)
    seed = torch.full_like(steps, 12345)
    drawn, other = exponential(seed, steps, 1000), exponential(seed ^ (1 << bit), steps, 1000)
    assert (drawn == other).float().mean() < 1e-4
    assert abs(correlation(drawn, other)) < 5 / math.sqrt(200_000)
    assert abs(correlation(normal(9, 0, 2000, 100), normal(9 ^ (1 << bit), 0, 2000, 100))) < 5 / math.sqrt(200_000)


def test_consecutive_steps_and_seeds_do_not_shift_into_each_other():
    """Draw n of a seed must not be draw n - 1 of the next."""
    steps = torch.arange(100)
    for offset in (1, 2):
        drawn = exponential(torch.full((100,), 1000), steps + offset, 1000)
        shifted = exponential(torch.full((100,), 1000 + offset), steps, 1000)
        assert (drawn == shifted).float().mean() < 1e-4


def test_tokens_and_frames_draw_from_streams_of_their_own():
    steps = torch.arange(2000)
    tokens = exponential(torch.full_like(steps, 11), steps, 100)
    frames = normal(11, 0, 2000, 100)[0].T
    for made_of_frames in (frames, frames.abs(), frames**2):
        assert abs(correlation(tokens, made_of_frames)) < 5 / math.sqrt(200_000)
