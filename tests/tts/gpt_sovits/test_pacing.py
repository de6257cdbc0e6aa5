"""Where chunks are cut: little at first, then more, always forwards, and by nothing but the count of tokens."""

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.pacing import FRAMES_PER_TOKEN, WHOLE, Cut, Pacing


@st.composite
def pacings(draw: st.DrawFn) -> Pacing:
    look_aheads = draw(st.lists(st.integers(0, 12), min_size=1, max_size=5))
    windows = draw(st.lists(st.integers(max(look_aheads) + 1, 60), min_size=1, max_size=5))
    return Pacing(tuple(FRAMES_PER_TOKEN * tokens for tokens in windows), tuple(look_aheads))


def test_the_first_chunk_is_small_and_the_later_ones_grow():
    cuts = list(islice(Pacing().cuts(), 6))
    assert 8 <= cuts[0].tokens <= 12
    made = [0, *(cut.tokens - cut.look_ahead for cut in cuts)]
    lengths = [after - before for before, after in pairwise(made)]
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[-1] / 4


@given(pacings())
def test_each_cut_makes_sound_and_fills_its_window(pacing: Pacing):
    spoken = 0
    for index, cut in enumerate(islice(pacing.cuts(), 12)):
        window = pacing.windows[min(index, len(pacing.windows) - 1)]
        assert FRAMES_PER_TOKEN * (cut.tokens - spoken) == window
        assert cut.tokens - cut.look_ahead > spoken
        spoken = cut.tokens - cut.look_ahead


@given(pacings())
def test_the_cuts_are_the_same_each_time(pacing: Pacing):
    assert list(islice(pacing.cuts(), 8)) == list(islice(pacing.cuts(), 8))


def test_whole_is_never_cut():
    assert next(WHOLE.cuts()) == Cut(tokens=1 << 29, look_ahead=0)


@pytest.mark.parametrize(
    ("windows", "look_aheads"),
    [((4,), (2,)), ((20, 6), (2, 3)), ((20,), (2, 10)), ((0,), (0,)), ((20,), (-1,)), ((1,), (0,))],
)
def test_windows_that_would_never_get_on_are_refused(windows: tuple[int, ...], look_aheads: tuple[int, ...]):
    with pytest.raises(ValueError, match="must be longer than"):
        Pacing(windows, look_aheads)
