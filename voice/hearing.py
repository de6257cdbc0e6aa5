"""A recogniser on a thread of its own, with a bounded queue in front of it."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from asr.recognizer import Heard, Recognizer


class TooManyWaiting(Exception):
    """The queue is full; trying again in a moment helps."""


@dataclass
class _Call:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    result: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop

    def run(self) -> None:
        if self.result.cancelled():
            return
        try:
            value, error = self.function(*self.arguments), None
        except Exception as raised:
            value, error = None, raised
        try:
            self.loop.call_soon_threadsafe(self._settle, value, error)
        except RuntimeError:  # the loop has ended while the engine was busy: nobody is left to tell
            pass

    def _settle(self, value: Any, error: Exception | None) -> None:
        if self.result.cancelled():
            return
        if error:
            self.result.set_exception(error)
        else:
            self.result.set_result(value)


class Hearing:
    """Owns a recogniser: everything it does happens on one thread, first come, first served.

    The thread is a daemon, so that a model that is still loading cannot hold up the end of the server.
    """

    def __init__(self, recognizer: Recognizer, waiting_limit: int = 32):
        self._recognizer = recognizer
        self._waiting_limit = waiting_limit
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self.waiting = 0
        threading.Thread(target=self._work, name=f"hearing-{recognizer.name}", daemon=True).start()

    @property
    def name(self) -> str:
        return self._recognizer.name

    async def load(self) -> None:
        await self._call(self._recognizer.load)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place in the queue for a recording, from before it is decoded. Raises TooManyWaiting."""
        if self.waiting >= self._waiting_limit:
            raise TooManyWaiting(f"{self.waiting} recordings are waiting already; try again in a moment.")
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1

    async def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        """As Recognizer.transcribe; a cancelled call is skipped when its turn comes."""
        return await self._call(self._recognizer.transcribe, samples, language)

    async def close(self) -> None:
        self._calls.put(None)
        await asyncio.to_thread(self._recognizer.close)

    async def _call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        loop = asyncio.get_running_loop()
        call = _Call(function, arguments, loop.create_future(), loop)
        self._calls.put(call)
        return await call.result

    def _work(self) -> None:
        while call := self._calls.get():
            call.run()
