import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.features.resample import resample, resample_soxr


def tone(hz: float, rate: int, seconds: float = 0.2) -> torch.Tensor:
    return torch.sin(2 * math.pi * hz * torch.arange(int(rate * seconds)) / rate)


def test_it_equals_torchaudio(stored):
    outputs = stored("resample_io")
    up = resample(outputs["src22050"], 22050, 32000)
    torch.testing.assert_close(up, outputs["torchaudio_22050_32000"], atol=2e-5, rtol=0)
    expected = outputs["torchaudio_32000_16000"]
    down = resample(stored("spec_io")["audio2"][: 2 * len(expected)], 32000, 16000)
    torch.testing.assert_close(down, expected, atol=2e-5, rtol=0)


def test_hubert_hears_what_librosa_would_load(stored):
    outputs = stored("resample_io")
    expected = outputs["librosa_soxr_hq_22050_16000"]
    heard = resample_soxr(outputs["src22050"].numpy(), 22050, 16000)
    torch.testing.assert_close(torch.from_numpy(heard), expected, atol=2e-5, rtol=0)


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48000, 32000), (11025, 32000), (44100, 16000), (32000, 16000)])
def test_each_sample_is_the_windowed_sinc_around_its_time(from_hz: int, to_hz: int):
    samples = torch.randn(500, generator=torch.Generator().manual_seed(1))
    resampled = resample(samples, from_hz, to_hz)
    cutoff = 0.99 * min(from_hz, to_hz)
    for k in (0, 1, 17, len(resampled) // 2, len(resampled) - 1):
        distances = (np.arange(500) / from_hz - k / to_hz) * cutoff
        weights = np.sinc(distances) * np.cos(np.pi * distances / 12) ** 2 * (np.abs(distances) < 6)
        expected = (weights * samples.double().numpy()).sum() * cutoff / from_hz
        assert float(resampled[k]) == pytest.approx(expected, abs=1e-5)


def test_the_same_rate_changes_nothing():
    samples = torch.randn(100)
    assert resample(samples, 32000, 32000) is samples
    assert resample_soxr(samples.numpy(), 16000, 16000) is not None


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 3000),
    st.sampled_from([8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000]),
    st.sampled_from([16000, 32000]),
)
def test_no_sample_is_lost_at_the_end(count: int, from_hz: int, to_hz: int):
    length = math.ceil(count * to_hz / from_hz)
    assert len(resample(torch.zeros(count), from_hz, to_hz)) == length
    assert len(resample_soxr(np.zeros(count, np.float32), from_hz, to_hz)) == length


@pytest.mark.parametrize("from_hz", [44101, 47999, 31999])
def test_a_rate_without_common_divisors_costs_no_gigabytes(from_hz: int):
    resampled = resample(tone(440, from_hz), from_hz, 32000)
    expected = tone(440, 32000)
    assert abs(len(resampled) - len(expected)) <= 1
    middle = slice(1000, 5000)
    torch.testing.assert_close(resampled[middle], expected[middle], atol=1e-3, rtol=0)
