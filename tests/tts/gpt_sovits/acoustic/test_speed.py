"""Frames stretched all at once, as upstream does, and from the beginning on, as a stream needs them."""

import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from tts.gpt_sovits.acoustic.encoder import change_speed, change_speed_so_far

SPEEDS = st.floats(0.25, 4)


def ramp(frames: int) -> Tensor:
    """Each frame holds its own number."""
    return torch.arange(frames, dtype=torch.float32).view(1, 1, frames)


@given(st.integers(1, 400), SPEEDS)
def test_the_length_is_divided_by_the_speed(frames: int, speed: float):
    assert change_speed_so_far(ramp(frames), speed).shape[-1] == (int(frames / speed) if speed != 1 else frames)
    assert change_speed(ramp(frames), speed).shape[-1] == (int(frames / speed) + 1 if speed != 1 else frames)


@given(st.integers(4, 400), st.integers(1, 300), SPEEDS)
def test_frames_that_follow_move_none_before_them(frames: int, more: int, speed: float):
    so_far, later = change_speed_so_far(ramp(frames), speed), change_speed_so_far(ramp(frames + more), speed)
    settled = so_far.shape[-1] - int(1 / speed)  # slower, some lie between the last frame and one not yet known
    torch.testing.assert_close(so_far[..., :settled], later[..., :settled], atol=1e-3, rtol=0)


@given(st.integers(8, 400), SPEEDS)
def test_frames_keep_their_order_and_their_distance(frames: int, speed: float):
    places = change_speed_so_far(ramp(frames), speed).flatten()
    assert places.min() >= 0
    assert places.max() <= frames - 1
    inner = places[(places > 0) & (places < frames - 1)]
    torch.testing.assert_close(inner.diff(), torch.full_like(inner.diff(), speed), atol=1e-3, rtol=0)


@given(st.integers(2, 400), SPEEDS)
def test_each_frame_is_taken_where_its_middle_lies(frames: int, speed: float):
    assume(speed != 1)
    count = int(frames / speed)
    middles = torch.tensor([min(max((frame + 0.5) * speed - 0.5, 0), frames - 1) for frame in range(count)])
    torch.testing.assert_close(change_speed_so_far(ramp(frames), speed).flatten(), middles, atol=1e-3, rtol=0)


def test_speed_one_changes_nothing():
    frames = ramp(50)
    assert change_speed(frames, 1.0) is frames
    assert change_speed_so_far(frames, 1.0) is frames
