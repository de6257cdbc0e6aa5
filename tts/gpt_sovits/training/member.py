"""Who takes part in a training."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """One of the processes that work together, and its device. rank: from 0; the first speaks for all."""

    device: str
    rank: int = 0
    team_size: int = 1
