"""In which order an epoch visits sentences: those of about the same length together."""

import random
from collections.abc import Sequence
from itertools import cycle, islice

BUCKET_S = 2
TOKENS_A_SECOND = 25


def epoch_batches(
    token_counts: Sequence[int], batch_size: int, epoch: int, is_as_upstream: bool, rank: int = 0, world: int = 1
) -> list[list[int]]:
    """The batches of one process of `world`, which all have as many; epoch counts from 0.

    Upstream goes on cutting behind the one group that is too small, so that its later batches are of two groups.
    """
    groups = _groups(token_counts, batch_size * world, epoch)
    if not is_as_upstream:
        return [_share(group, rank, world) for group in groups]
    mine = _share([index for group in groups for index in group], rank, world)
    return [mine[start : start + batch_size] for start in range(0, len(mine), batch_size)]


def _share(indices: list[int], rank: int, world: int) -> list[int]:
    """One process's; some are taken twice where they do not divide."""
    missing = -len(indices) % world
    return list(islice(cycle(indices), len(indices) + missing))[rank::world]


def _groups(token_counts: Sequence[int], size: int, epoch: int) -> list[list[int]]:
    """Of similar length; the order of groups and of what is in them is upstream's in this epoch."""
    source = random.Random(epoch)
    order: list[int] = []
    for bucket in _buckets(token_counts):
        source.shuffle(bucket)
        order += bucket
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    source.shuffle(groups)
    return groups


def _buckets(token_counts: Sequence[int]) -> list[list[int]]:
    """A sentence that is too long for its bucket opens the next, which reaches only two seconds further."""
    buckets: list[list[int]] = [[]]
    limit = BUCKET_S
    for index in sorted(range(len(token_counts)), key=lambda index: token_counts[index]):
        if token_counts[index] / TOKENS_A_SECOND >= limit:
            buckets.append([])
            limit += BUCKET_S
        buckets[-1].append(index)
    return buckets
