"""Random numbers that depend on a seed and a place only: the same on every device, in every batch, in any order.

A counter-based generator (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3"); the mixing function is
MurmurHash3's finaliser (Appleby, public domain), applied once for each part of the counter.
"""

from math import pi

import torch
from torch import Tensor

LOW_32 = 0xFFFFFFFF
TOKENS, LATENT_RADIUS, LATENT_ANGLE = 0x746F6B65, 0x72616469, 0x616E676C
"""Streams of one seed that have nothing to do with each other."""


def exponential(seeds: Tensor, steps: Tensor, count: int) -> Tensor:
    """Exponential draws of rate 1 [rows, count] for each row's seed and step, both int64 [rows]."""
    return -_uniform(_key(seeds, TOKENS), steps, count).log()


def normal(seed: int, first: int, frames: int, channels: int, device: torch.device | str = "cpu") -> Tensor:
    """Standard normal draws [1, channels, frames] for the latent frames from `first` on (Box and Muller, 1958)."""
    seeds = torch.tensor([seed], device=device)
    places = torch.arange(first, first + frames, device=device)
    radius = (-2 * _uniform(_key(seeds, LATENT_RADIUS), places, channels).log()).sqrt()
    angle = 2 * pi * _uniform(_key(seeds, LATENT_ANGLE), places, channels)
    return (radius * angle.cos()).T.unsqueeze(0)


def _key(seeds: Tensor, stream: int) -> Tensor:
    """Seeds of up to 62 bits and a stream's name as 32 bits."""
    return _mix(_mix(_mix((seeds & LOW_32) ^ stream) ^ ((seeds >> 32) & LOW_32)) ^ stream)


def _uniform(keys: Tensor, places: Tensor, count: int) -> Tensor:
    """[rows, count] strictly between 0 and 1."""
    rows = _mix(keys ^ _mix((places & LOW_32) ^ 0x9E3779B9)).unsqueeze(-1)
    columns = _mix(torch.arange(count, device=places.device) ^ 0x85EBCA77)
    # 23 bits: with more, the largest would round to 1 and its logarithm to 0.
    return ((_mix(rows ^ columns) >> 9) + 0.5) * 2.0**-23


def _mix(x: Tensor) -> Tensor:
    """Scramble 32-bit numbers held in int64, whose products wrap without harm to the lower half."""
    x = ((x ^ (x >> 16)) * 0x85EBCA6B) & LOW_32
    x = ((x ^ (x >> 13)) * 0xC2B2AE35) & LOW_32
    return x ^ (x >> 16)
