"""Batches of utterances of about the same length, in an order that follows from the epoch alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

BOUNDARIES = (32, *range(300, 2000, 100))
"""In frames of 20 ms. What is no longer than the first, a segment, or longer than the last is never used."""


@dataclass(frozen=True)
class Devices:
    """How many take part in a training, and which of them this is."""

    count: int = 1
    rank: int = 0


def batches_of(lengths: Sequence[int], batch_size: int, epoch: int, devices: Devices = Devices()) -> list[list[int]]:
    """One epoch's batches of indices into `lengths` (frames) for one device.

    Every batch is full: a bucket's utterances are repeated up to a multiple of what all devices take at once.
    """
    source = torch.Generator().manual_seed(epoch)
    buckets = [bucket for bucket in _buckets(lengths) if bucket]
    orders = [torch.randperm(len(bucket), generator=source).tolist() for bucket in buckets]
    batches: list[list[int]] = []
    for bucket, order in zip(buckets, orders, strict=True):
        count = -(-len(order) // (batch_size * devices.count)) * batch_size * devices.count
        repeated = (order * -(-count // len(order)))[:count][devices.rank :: devices.count]
        chosen = [bucket[place] for place in repeated]
        batches += [chosen[start : start + batch_size] for start in range(0, len(chosen), batch_size)]
    return [batches[place] for place in torch.randperm(len(batches), generator=source).tolist()]


def _buckets(lengths: Sequence[int]) -> list[list[int]]:
    return [
        [index for index, length in enumerate(lengths) if above < length <= limit]
        for above, limit in pairwise(BOUNDARIES)
    ]
