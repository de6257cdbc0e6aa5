"""The end of a task that somebody else holds."""

import asyncio
from typing import Any

ASK_AGAIN_S = 10.0
"""Longer than any task here takes to put its things away: a supervisor gives its workers five seconds."""


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel them, and return when they have ended.

    One cancellation is not enough: asyncio.wait_for of Python before 3.12, which the broker's library uses, loses one
    that comes together with its result.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=ASK_AGAIN_S)
        for task in ended:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not report it
