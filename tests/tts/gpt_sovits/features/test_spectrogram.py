import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.features.spectrogram import BINS, limit_peak, linear_spectrogram


def test_it_equals_upstream(stored):
    vectors = stored("spec_io")
    spectrogram = linear_spectrogram(limit_peak(vectors["audio"]))
    torch.testing.assert_close(spectrogram[None], vectors["spec"], atol=1e-4, rtol=0)


@pytest.mark.parametrize(("peak", "left"), [(0.5, 0.5), (1.0, 1.0), (1.5, 1.0), (2.0, 1.0), (5.0, 2.5), (-3.0, -1.5)])
def test_a_peak_beyond_full_scale_is_divided_away_but_by_two_at_most(peak: float, left: float):
    assert limit_peak(torch.tensor([0.0, peak, 0.1]))[1] == pytest.approx(left)


def test_a_limited_recording_is_another_tensor():
    samples = torch.tensor([4.0, 0.0])
    limit_peak(samples)
    assert samples[0] == 4.0


def test_no_samples_have_no_peak():
    assert limit_peak(torch.zeros(0)).numel() == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(705, 20_000))
def test_there_is_a_frame_for_each_full_hop(count: int):
    assert linear_spectrogram(torch.zeros(count)).shape == (BINS, count // 640)


def test_silence_has_a_floor_and_no_infinities():
    assert linear_spectrogram(torch.zeros(32000)).max() == pytest.approx(1e-4)


def test_a_tone_lies_in_its_bin():
    tone = torch.sin(2 * math.pi * 1000 * torch.arange(32000) / 32000)
    assert set(linear_spectrogram(tone)[:, 2:-2].argmax(0).tolist()) == {1000 * 2048 // 32000}


@pytest.mark.parametrize("count", [0, 1, 704])
def test_too_little_is_refused(count: int):
    with pytest.raises(ValueError, match="705 samples"):
        linear_spectrogram(torch.zeros(count))
