"""When a larger buffer is wanted, in virtual time."""

import pytest

from clients.steadiness import MOST_GAPS, WINDOW_S, Steadiness

BLOCK_S = 0.02


def played(steadiness: Steadiness, seconds: float, pace: float = 1.0, gap_every: int = 0) -> float:
    """Blocks for so long at so many seconds of sound a second; returns the time at the end."""
    now_s, number = 0.0, 0
    while now_s < seconds:
        number += 1
        steadiness.note(now_s, BLOCK_S, bool(gap_every) and number % gap_every == 0)
        now_s += BLOCK_S / pace
    return now_s


@pytest.mark.parametrize(
    ("pace", "gap_every", "is_lost"),
    [(1.0, 0, False), (1.2, 0, False), (0.95, 0, False), (0.5, 0, True), (1.0, 20, True)],
)
def test_gaps_and_a_slow_device_are_noticed(pace: float, gap_every: int, is_lost: bool):
    steadiness = Steadiness()
    assert steadiness.is_lost(played(steadiness, 5, pace, gap_every)) is is_lost


def test_a_gap_now_and_then_is_borne():
    steadiness = Steadiness()
    per_window = int(WINDOW_S / BLOCK_S)
    assert not steadiness.is_lost(played(steadiness, 10, 1.0, gap_every=per_window // (MOST_GAPS - 1)))


def test_a_stream_that_has_just_begun_is_given_time():
    steadiness = Steadiness()
    assert not steadiness.is_lost(0.0)
    steadiness.note(0.0, BLOCK_S, False)
    assert not steadiness.is_lost(0.2)


def test_a_device_that_is_gone_is_not_slow():
    steadiness = Steadiness()
    end_s = played(steadiness, 5, 0.5)
    assert steadiness.is_lost(end_s + 0.1)
    assert not steadiness.is_lost(end_s + 1.0)


def test_what_was_before_a_change_does_not_count():
    steadiness = Steadiness()
    end_s = played(steadiness, 5, 0.5, gap_every=3)
    steadiness.forget()
    assert not steadiness.is_lost(end_s)
