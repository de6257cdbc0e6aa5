"""The linear spectrogram of a reference, from which the acoustic model takes the timbre."""

import torch
from torch import Tensor

SAMPLE_HZ = 32_000
FFT = 2048
HOP = 640
PADDING = (FFT - HOP) // 2
BINS = FFT // 2 + 1
SHORTEST = PADDING + 1
"""Samples below which there is nothing to mirror at the ends."""


def limit_peak(samples: Tensor) -> Tensor:
    """Divide by the peak, but by no more than 2, where a float recording goes beyond full scale."""
    peak = float(samples.abs().max()) if samples.numel() else 0.0
    return samples / min(2.0, peak) if peak > 1 else samples


def linear_spectrogram(samples: Tensor) -> Tensor:
    """Magnitudes [1025, n // 640] of 32 kHz samples [n], after `limit_peak`; ValueError below 705 samples."""
    if len(samples) < SHORTEST:
        raise ValueError(f"a spectrogram needs {SHORTEST} samples, not {len(samples)}")
    padded = torch.nn.functional.pad(samples[None], (PADDING, PADDING), mode="reflect")[0]
    window = torch.hann_window(FFT, dtype=samples.dtype, device=samples.device)
    spectrum = torch.stft(padded, FFT, HOP, window=window, center=False, return_complex=True)
    return (spectrum.real.square() + spectrum.imag.square() + 1e-8).sqrt()
