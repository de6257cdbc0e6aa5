"""Waiting for something that another thread or process does."""

import asyncio
import time
from collections.abc import Callable

NEVER = "it did not happen"


def until(condition: Callable[[], object], what: str = NEVER, within_s: float = 90.0) -> None:
    """Fails with `what` when it takes longer than that."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, f"{what} (waited {within_s:g} s)"
        time.sleep(0.02)


async def until_async(condition: Callable[[], object], what: str = NEVER, within_s: float = 90.0) -> None:
    """The same beside an event loop's other tasks."""
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, f"{what} (waited {within_s:g} s)"
        await asyncio.sleep(0.005)
