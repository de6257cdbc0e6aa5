"""How long to wait before the next attempt."""

import itertools
from collections.abc import Iterator

FIRST_S, LONGEST_S = 0.5, 8.0


def delays_s() -> Iterator[float]:
    """0.5, 1, 2, 4, 8 and then 8 for ever."""
    return (min(FIRST_S * 2**attempt, LONGEST_S) for attempt in itertools.count())
