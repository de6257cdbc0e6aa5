"""Who enters the batch, whose chunk is made next, and which row fills a freed one: decisions without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.scheduler import (
    LONGEST_UNREAD_S,
    STEPS_BETWEEN_PREFILLS,
    Admission,
    Playback,
    can_take_more,
    most_urgent,
    row_to_fill,
)

TIMES = st.floats(0, 1000)


def waiting(asked_at_s: float) -> Playback:
    return Playback(asked_at_s, None, 0.0, 0.0)


def hearing(began_at_s: float, sent_s: float, unread_s: float = 0.0) -> Playback:
    return Playback(began_at_s - 0.3, began_at_s, sent_s, unread_s)


def test_the_first_enters_at_once():
    assert Admission(4).may_enter(waiting=1, running=0, steps_since_prefill=0)


def test_newcomers_let_those_who_speak_get_on_between_two_prefills():
    admission = Admission(4)
    assert not admission.may_enter(1, 1, STEPS_BETWEEN_PREFILLS - 1)
    assert admission.may_enter(1, 1, STEPS_BETWEEN_PREFILLS)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(1, 16))
def test_nobody_enters_a_full_batch_and_nobody_is_made_up(waiting: int, running: int, steps: int, rows: int):
    if Admission(rows).may_enter(waiting, running, steps):
        assert waiting > 0
        assert running < rows


def test_who_hears_silence_first_comes_first():
    playbacks = [("far ahead", hearing(10, 9)), ("nearly silent", hearing(12, 0.5)), ("provided for", hearing(11, 4))]
    assert most_urgent(playbacks) == "nearly silent"


def test_who_has_heard_nothing_waits_since_the_request():
    assert most_urgent([("speaking", hearing(10, 3)), ("new", waiting(11))]) == "new"
    assert most_urgent([("about to fall silent", hearing(8, 2)), ("new", waiting(11))]) == "about to fall silent"
    assert most_urgent([("later", waiting(12)), ("earlier", waiting(11))]) == "earlier"


def test_of_two_alike_the_first_is_taken_whatever_they_are():
    assert most_urgent([(object, waiting(1)), (object(), waiting(1))]) is object
    assert most_urgent([]) is None


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=8))
def test_nobody_falls_silent_before_the_most_urgent(times: list[tuple[float, float]]):
    playbacks = [(index, hearing(began, sent)) for index, (began, sent) in enumerate(times)]
    chosen = most_urgent(playbacks)
    assert chosen is not None
    assert playbacks[chosen][1].silent_at_s == min(playback.silent_at_s for _, playback in playbacks)


def test_a_listener_with_much_unread_gets_no_more():
    assert can_take_more(hearing(0, 100, LONGEST_UNREAD_S - 0.1))
    assert not can_take_more(hearing(0, 100, LONGEST_UNREAD_S))
    assert can_take_more(waiting(0))


@pytest.mark.parametrize(("count", "freed", "source"), [(1, 0, None), (3, 2, None), (3, 0, 2), (3, 1, 2)])
def test_the_last_row_fills_the_freed_one(count: int, freed: int, source: int | None):
    assert row_to_fill(range(count), freed) == source


@given(st.data())
def test_rows_in_use_stay_the_first_ones(data: st.DataObject):
    rows = list(range(data.draw(st.integers(1, 8))))
    left = set(rows)
    while rows:
        freed = data.draw(st.integers(0, len(rows) - 1))
        left.discard(rows[freed])
        source = row_to_fill(rows, freed)
        if source is not None:
            rows[freed] = rows[source]
        rows.pop()
        assert set(rows) == left
