"""Kaldi's mel filter bank energies, which the speaker network hears."""

import math
from functools import lru_cache

import torch
from torch import Tensor

SAMPLE_HZ = 16_000
FRAME = 400
HOP = 160
FFT = 512
MELS = 80
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
FLOOR = 1.1920928955078125e-07
"""Energies below the resolution of a float32 count as this."""


def fbank(samples_16k: Tensor) -> Tensor:
    """Log energies [frames, 80] of samples [n] within -1 and 1, without dither; frames = (n - 400) // 160 + 1."""
    if len(samples_16k) < FRAME:
        return samples_16k.new_zeros((0, MELS))
    frames = samples_16k.unfold(0, FRAME, HOP)
    frames = frames - frames.mean(1, keepdim=True)
    before = torch.cat([frames[:, :1], frames[:, :-1]], 1)
    window, triangles = (table.to(samples_16k) for table in _tables())
    power = torch.fft.rfft((frames - PREEMPHASIS * before) * window, n=FFT).abs().square()
    return (power @ triangles).clamp_min(FLOOR).log()


@lru_cache(maxsize=1)
def _tables() -> tuple[Tensor, Tensor]:
    """The window [400], and the triangles [257, 80]."""
    window = torch.hann_window(FRAME, periodic=False) ** 0.85
    edges = torch.linspace(_mel(LOWEST_HZ), _mel(SAMPLE_HZ / 2), MELS + 2, dtype=torch.float64)
    # The last bin, at half the sample rate, has no weight in Kaldi.
    bins = torch.tensor([_mel(SAMPLE_HZ / FFT * i) for i in range(FFT // 2)], dtype=torch.float64)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = torch.minimum(rising, falling).clamp_min(0).float()
    return window, torch.nn.functional.pad(triangles, (0, 0, 0, 1))


def _mel(hz: float) -> float:
    return 1127.0 * math.log(1.0 + hz / 700.0)
