"""How many epochs few clips deserve, and what is said about them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tts.gpt_sovits.training.gpt_advice import MOST_HEARINGS, hearings, remarks_on, sensible_epochs
from tts.gpt_sovits.training.gpt_clips import GptClip, repeated


@given(some.integers(1, 400))
def test_a_clip_is_heard_as_often_as_it_is_repeated(count: int):
    assert len(repeated([GptClip("a", (1,), (1,), None)] * count)) == count * hearings(count)


@given(some.integers(0, 400), some.integers(0, 400))
def test_more_clips_never_deserve_fewer_epochs(some_count: int, other: int):
    fewer, more = sorted((some_count, other))
    assert 1 <= sensible_epochs(fewer) <= sensible_epochs(more) <= 15
    assert (sensible_epochs(fewer) - 1) * hearings(fewer) < MOST_HEARINGS


@pytest.mark.parametrize(("count", "epochs"), [(1, 1), (5, 4), (10, 8), (20, 15), (60, 15), (1000, 15)])
def test_sensible_epochs(count: int, epochs: int):
    assert sensible_epochs(count) == epochs


@pytest.mark.parametrize(
    ("clips_s", "epochs", "said"),
    [
        ([5.0] * 100, 15, []),
        ([5.0] * 40, 15, ["3.3 minutes"]),
        ([5.0] * 10, 15, ["only 50 s", "8 are enough"]),
        ([5.0] * 10, 8, ["only 50 s"]),
        ([30.0] * 10, 9, ["8 are enough"]),
        ([], 15, ["only 0 s", "1 are enough"]),
    ],
)
def test_what_is_said(clips_s: list[float], epochs: int, said: list[str]):
    remarks = remarks_on(clips_s, epochs)
    assert len(remarks) == len(said)
    assert all(part in remark.english for part, remark in zip(said, remarks, strict=True))
    assert all(remark.chinese.endswith("。") for remark in remarks)
