"""Log-mel spectrograms, in which the generated sound is compared with the recorded one."""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.features.spectrogram import BINS, FFT, HOP, PADDING, SAMPLE_HZ

MELS = 128
FLOOR = 1e-5
_LINEAR_HZ_PER_MEL = 200 / 3
_LOG_FROM_HZ = 1000.0
_LOG_STEP = math.log(6.4) / 27
"""Slaney's scale: linear up to 1 kHz, then 27 steps for a factor of 6.4."""


def spectrograms(sound: Tensor) -> Tensor:
    """Magnitudes [batch, 1025, samples // 640] of [batch, samples] in float32, more than 704 of them."""
    padded = functional.pad(sound[:, None], (PADDING, PADDING), mode="reflect")[:, 0]
    window = torch.hann_window(FFT, dtype=sound.dtype, device=sound.device)
    spectrum = torch.stft(padded, FFT, HOP, window=window, center=False, return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-8).sqrt()


def log_mel(spectrograms: Tensor) -> Tensor:
    """[batch, 1025, frames] -> [batch, 128, frames]."""
    return (triangles().to(spectrograms) @ spectrograms).clamp_min(FLOOR).log()


@lru_cache(maxsize=1)
def triangles() -> Tensor:
    """[128, 1025], each of area 1 as Slaney has them, from 0 to half the sample rate."""
    top = SAMPLE_HZ / 2
    edges = torch.tensor([_hz(_mel(top) * i / (MELS + 1)) for i in range(MELS + 2)], dtype=torch.float64)
    bins = torch.linspace(0, top, BINS, dtype=torch.float64)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    areas = (edges[2:] - edges[:-2])[:, None] / 2
    return (torch.minimum(rising, falling).clamp_min(0) / areas).float()


def _mel(hz: float) -> float:
    if hz < _LOG_FROM_HZ:
        return hz / _LINEAR_HZ_PER_MEL
    return _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL + math.log(hz / _LOG_FROM_HZ) / _LOG_STEP


def _hz(mel: float) -> float:
    linear = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
    return mel * _LINEAR_HZ_PER_MEL if mel < linear else _LOG_FROM_HZ * math.exp(_LOG_STEP * (mel - linear))
