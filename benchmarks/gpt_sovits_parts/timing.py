"""Taking the time. Standard library only."""

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import TypeVar

Item = TypeVar("Item")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def seconds_each(items: Iterable[Item], work: Callable[[Item], object]) -> list[float]:
    """How long it takes with each of them."""
    return [seconds(lambda item=item: work(item)) for item in items]


def rate(moments: Sequence[float], each: int = 1) -> float:
    """Tokens a second, when at each of the moments so many were there; the first moment only starts the clock."""
    return each * (len(moments) - 1) / (moments[-1] - moments[0])
