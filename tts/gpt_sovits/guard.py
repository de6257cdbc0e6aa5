"""When a generation has gone wrong: it says nothing, it cannot stop, or it stutters. Knows tokens and counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

TOKENS_PER_SECOND = 25
HARD_LIMIT = 1500
"""A minute: upstream's own end of patience."""

Fault = Literal["empty", "runaway", "stutter"]


@dataclass(frozen=True)
class Expectation:
    """How many tokens a text should take at least and at most."""

    least: int
    most: int


def expectation(phone_count: int) -> Expectation:
    """For the phones to speak, punctuation included: people say 6 to 20 a second, and nobody 100 or 2."""
    return Expectation(phone_count // 4, min(HARD_LIMIT, 60 + phone_count * 12))


def fault(tokens: Sequence[int], has_ended: bool, expected: Expectation) -> Fault | None:
    """What is wrong with the tokens so far; looks at the last few only, so it may be asked after every one."""
    if has_ended:
        return "empty" if len(tokens) < expected.least else None
    if len(tokens) >= expected.most:
        return "runaway"
    return "stutter" if is_stuck(tokens) else None


def is_stuck(tokens: Sequence[int], longest_cycle: int = 8, seconds: float = 3.0) -> bool:
    """Whether the last seconds are one short pattern over and over; even a long pause is not that regular."""
    count = int(seconds * TOKENS_PER_SECOND)
    if len(tokens) < count:
        return False
    tail = tokens[-count:]
    return any(tail[cycle:] == tail[:-cycle] for cycle in range(1, longest_cycle + 1))
