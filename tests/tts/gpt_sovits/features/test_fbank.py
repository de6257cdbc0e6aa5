import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.features.fbank import FLOOR, fbank


def test_it_equals_kaldi(stored):
    vectors = stored("sv_io")
    torch.testing.assert_close(fbank(vectors["audio16k"]), vectors["fbank"], atol=1e-3, rtol=0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_only_whole_frames_count(count: int):
    frames = (count - 400) // 160 + 1 if count >= 400 else 0
    assert fbank(torch.zeros(count)).shape == (frames, 80)


def test_silence_is_the_floor():
    assert fbank(torch.zeros(1600)).tolist() == [pytest.approx([math.log(FLOOR)] * 80)] * 8


def test_a_constant_offset_is_not_heard():
    samples = torch.randn(1600, generator=torch.Generator().manual_seed(0)) * 0.1
    torch.testing.assert_close(fbank(samples + 0.25), fbank(samples), atol=5e-2, rtol=0)


def test_higher_tones_lie_in_higher_bands():
    tones = [torch.sin(2 * math.pi * hz * torch.arange(1600) / 16000) for hz in (100, 500, 1000, 3000, 7000)]
    bands = [int(fbank(tone).mean(0).argmax()) for tone in tones]
    assert bands == sorted(set(bands))
