"""The two resamplers that upstream's reference path uses: torchaudio's for spectrograms, soxr's for HuBERT."""

import math
from functools import lru_cache

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

ZERO_CROSSINGS = 6
ROLLOFF = 0.99
MAX_KERNEL = 4_000_000
"""Coefficients; the usual rates need at most 600,000, a rate without common divisors 1.5 billion."""


def resample(samples: Tensor, from_hz: int, to_hz: int) -> Tensor:
    """As torchaudio's `sinc_interp_hann` does: ceil(n * to_hz / from_hz) samples of the same dtype.

    samples: [n]. Rates that share almost no divisor go through soxr, which differs below -100 dB only.
    """
    if from_hz == to_hz:
        return samples
    divisor = math.gcd(from_hz, to_hz)
    source, target = from_hz // divisor, to_hz // divisor
    length = math.ceil(target * len(samples) / source)
    width = _half_width(source, target)
    if target * (2 * width + source) > MAX_KERNEL:
        resampled = resample_soxr(samples.cpu().numpy(), from_hz, to_hz)
        return torch.from_numpy(resampled).to(samples)
    kernel = _kernel(source, target).to(samples)
    padded = torch.nn.functional.pad(samples, (width, width + source))
    return (padded.unfold(0, kernel.shape[1], source) @ kernel.T).flatten()[:length]


def resample_soxr(samples: NDArray[np.float32], from_hz: int, to_hz: int) -> NDArray[np.float32]:
    """As librosa's `soxr_hq` does: ceil(n * to_hz / from_hz) samples. samples: [n]."""
    if from_hz == to_hz:
        return samples
    length = math.ceil(len(samples) * to_hz / from_hz)
    resampled = soxr.resample(samples, from_hz, to_hz, quality="HQ")[:length]
    return np.pad(resampled, (0, length - len(resampled)))


def _half_width(source: int, target: int) -> int:
    return math.ceil(ZERO_CROSSINGS * source / (ROLLOFF * min(source, target)))


@lru_cache(maxsize=8)
def _kernel(source: int, target: int) -> Tensor:
    """One row per output phase, [target, source + 2 * width]."""
    width, cutoff = _half_width(source, target), ROLLOFF * min(source, target)
    phases = torch.arange(target) / target  # in float32, as torchaudio has it; everything after in float64
    offsets = torch.arange(-width, width + source, dtype=torch.float64) / source
    times = ((offsets[None] - phases[:, None]) * cutoff).clamp(-ZERO_CROSSINGS, ZERO_CROSSINGS)
    window = torch.cos(times * math.pi / ZERO_CROSSINGS / 2) ** 2
    return (torch.sinc(times) * window * (cutoff / source)).float()
