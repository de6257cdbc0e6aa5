"""The worker's side of the broker: a thread that asks the server and waits for what it answers."""

import asyncio
import concurrent.futures
import contextlib
import threading
import uuid
from collections.abc import Callable, Collection, Coroutine
from typing import Any

import anyio

from voice.broker.delivery import Delivery
from voice.broker.link import BrokerLink
from voice.broker.problems import BrokerDown, DeclarationRefused, Problem, Unroutable
from voice.broker.topology import Binding
from voice.broker.words import DEAD, REQUESTS, RUNG, Answer, Request, answer_of, answers_to, ring_of, to_bytes

ANSWER_S = 10.0
"""How long an answer is waited for, and how long a request that nobody has taken is kept for the server."""
AT_ONCE = 64
CLOSING_S = 5.0


class NoAnswer(Exception):
    """The broker or the server is away; whether the server has heard is unknown."""


class Post:
    """worker: its name, unlike any other's. on_ring: told the kinds of jobs that there are, on another thread.

    Raises BadAddress.
    """

    def __init__(self, url: str, worker: str, on_ring: Callable[[Collection[str]], None]):
        self._worker = worker
        self._on_ring = on_ring
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self._loop = asyncio.new_event_loop()
        self._link = BrokerLink(url, f"yinliu worker {worker}")
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)
        self._thread.start()
        self._do(self._open()).result()

    @property
    def shown(self) -> str:
        """The broker's address without the password."""
        return self._link.shown

    @property
    def is_up(self) -> bool:
        return self._link.is_up

    @property
    def problem(self) -> Problem | None:
        return self._link.problem

    def ask(self, request: Request) -> "concurrent.futures.Future[Answer]":
        """The server's answer; fails with NoAnswer. Safe to ask again: see ClaimRequest and ReportRequest."""
        return self._do(self._ask(request))

    def close(self) -> None:
        """End the connection and the thread."""
        with contextlib.suppress(concurrent.futures.TimeoutError):
            self._do(self._link.close()).result(CLOSING_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_S)

    def _do(self, work: Coroutine[Any, Any, Any]) -> "concurrent.futures.Future[Any]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _open(self) -> None:
        own = answers_to(self._worker)
        await self._link.open()
        parts = [REQUESTS, RUNG, own, Binding(own.name, RUNG.name)]
        self._hearing = self._link.consume(own.name, self._handle, AT_ONCE, parts=parts, dead=DEAD)

    async def _ask(self, request: Request) -> Answer:
        if not await self._hearing.wait_ready(ANSWER_S):  # an answer could not be heard
            problem = self._link.problem
            raise NoAnswer(problem.english if problem else "There is no connection.")
        identity = uuid.uuid4().hex
        answered = self._asked[identity] = asyncio.get_running_loop().create_future()
        try:
            await self._link.publish(
                "",
                REQUESTS.name,
                to_bytes(request),
                correlation_id=identity,
                reply_to=answers_to(self._worker).name,
                expiration_s=ANSWER_S,
                is_persistent=False,
            )
            with anyio.fail_after(ANSWER_S):
                return await answered
        except (BrokerDown, Unroutable, DeclarationRefused, TimeoutError) as error:
            raise NoAnswer(str(error) or "The server has not answered.") from None
        finally:
            del self._asked[identity]

    async def _handle(self, delivery: Delivery) -> None:
        if delivery.exchange == RUNG.name:
            self._on_ring(ring_of(delivery.body).kinds)
            return
        answer = answer_of(delivery.body)
        answered = self._asked.get(delivery.correlation_id or "")
        if answered and not answered.done():  # otherwise it is late, and has been asked again
            answered.set_result(answer)
