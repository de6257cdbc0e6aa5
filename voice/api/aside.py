"""Slow work beside the event loop, on threads of its own, so that a busy disk holds up nobody who talks."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")
THREADS = 4


class Aside:
    """`await aside(work)` is the result of work()."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="studio")

    async def __call__(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """What is being done ends by itself; nothing new begins."""
        self._threads.shutdown(wait=False, cancel_futures=True)
