"""Generations that went wrong: nothing said, no end found, the same over and over."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.guard import HARD_LIMIT, TOKENS_PER_SECOND, Expectation, expectation, fault, is_stuck

ROOMY = Expectation(least=0, most=10_000)


def sensible(count: int, seed: int = 0) -> list[int]:
    """Tokens as speech has them: now and then one twice, never a pattern."""
    source = random.Random(seed)
    return [source.randrange(1024) for _ in range(count)]


@pytest.mark.parametrize(("phones", "tokens"), [(0, 11), (2, 11), (10, 25), (45, 110), (45, 60), (400, 1000)])
def test_ordinary_speech_is_expected(phones: int, tokens: int):
    """Ten phones and 25 tokens a second, people who are twice as quick, and the least that is ever drawn."""
    expected = expectation(phones)
    assert fault(sensible(tokens), True, expected) is None
    assert fault(sensible(tokens), False, expected) is None


def test_hardly_anything_for_many_phones_is_empty():
    assert fault(sensible(11), True, expectation(120)) == "empty"
    assert fault([], True, expectation(4)) == "empty"
    assert fault(sensible(11), False, expectation(120)) is None


def test_no_end_in_sight_is_a_runaway():
    expected = expectation(10)
    assert fault(sensible(expected.most - 1), False, expected) is None
    assert fault(sensible(expected.most), False, expected) == "runaway"
    assert fault(sensible(expected.most), True, expected) is None


@given(st.integers(0, 2000))
def test_what_is_expected_grows_with_the_phones_up_to_a_minute(phones: int):
    expected, more = expectation(phones), expectation(phones + 1)
    assert expected.least <= more.least
    assert expected.most <= more.most <= HARD_LIMIT
    assert expected.most > 2.5 * phones or expected.most == HARD_LIMIT


@pytest.mark.parametrize("cycle", range(1, 9))
def test_three_seconds_of_one_pattern_are_a_stutter(cycle: int):
    pattern = sensible(cycle, seed=cycle)
    stuck = sensible(30) + (pattern * 100)[: 3 * TOKENS_PER_SECOND]
    assert fault(stuck, False, ROOMY) == "stutter"
    assert fault(stuck[:-1], False, ROOMY) is None
    assert fault([*stuck, 1023 - stuck[-1]], False, ROOMY) is None


@given(st.integers(9, 74), st.integers(0, 1 << 16))
def test_longer_patterns_are_left_alone(cycle: int, seed: int):
    pattern = random.Random(seed).sample(range(1024), cycle)
    assert not is_stuck((pattern * 100)[:200])


def test_a_second_of_pause_is_no_stutter():
    assert not is_stuck(sensible(100) + [486] * (3 * TOKENS_PER_SECOND - 1))
    assert not is_stuck([486] * (3 * TOKENS_PER_SECOND - 1))
    assert not is_stuck([])


def test_what_has_ended_is_not_called_a_stutter():
    assert fault([486] * 200, True, ROOMY) is None
