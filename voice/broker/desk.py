"""The server's side: answers the workers on the broker out of the table, and tells them when there is work."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from voice.broker.bookkeeping import Bookkeeping
from voice.broker.consumption import Consumption
from voice.broker.delivery import Delivery
from voice.broker.heard_of import HeardOf
from voice.broker.link import BrokerLink
from voice.broker.problems import BrokerDown, Rejected, Unroutable
from voice.broker.words import ANSWERS, DEAD, REQUESTS, RUNG, Answer, Request, Ring, request_of, to_bytes
from voice.jobs.ending import end

log = logging.getLogger("yinliu.broker")

LOOK_S = 0.5
"""How often the table is asked for new work: it is on this machine, and its answer takes microseconds."""
RING_AGAIN_S = 5.0
AT_ONCE = 16


@dataclass
class Waiting:
    """What was last seen in the table."""

    number: int = 0
    newest: int = 0
    rung_s: float = 0.0


class Desk:
    """Only this side writes the table. lease_s: see LEASE_S in bookkeeping."""

    def __init__(self, link: BrokerLink, books: Bookkeeping):
        self._link = link
        self._books = books
        # One thread: the order of a worker's reports is kept, and SQLite has one writer anyway.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk")
        self._consumption: Consumption | None = None
        self._looking: asyncio.Task[None] | None = None
        self._seen = Waiting()
        self._heard_of = HeardOf()

    @property
    def is_open(self) -> bool:
        """Whether workers can reach this server now."""
        return bool(self._consumption and self._consumption.ready_s)

    @property
    def workers(self) -> int:
        """How many workers were heard of within a minute."""
        return self._heard_of.count

    @property
    def problem(self) -> tuple[str, str]:
        """Why workers cannot reach this server, in English and Chinese; empty when they can."""
        if self._link.problem:
            return self._link.problem.english, self._link.problem.chinese
        told = self._consumption.problem if self._consumption else ""
        return told, told

    async def open(self) -> None:
        """Begin to answer, now or when the broker can be reached. The link is opened, too."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._books.bridge)
        await self._link.open()
        # Two servers on one virtual host would answer out of different tables.
        self._consumption = self._link.consume(
            REQUESTS.name, self._handle, AT_ONCE, parts=[REQUESTS, RUNG], dead=DEAD, is_alone=True
        )
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Answer no more; running jobs stay their workers', who will find the server when it is back."""
        if self._looking:
            await end(self._looking)
        await self._link.close()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._books.close)
        self._thread.shutdown(wait=False)

    async def _handle(self, delivery: Delivery) -> None:
        request = request_of(delivery.body)
        if not (delivery.reply_to or "").startswith(ANSWERS):
            raise Rejected("it names no queue of a worker for the answer")
        self._heard_of.note(request.worker)
        answer = await self._answer(request)
        await self._reply(delivery, request, answer)
        if answer.answer == "lost" and not answer.fence:
            raise Rejected(answer.why)

    async def _answer(self, request: Request) -> Answer:
        """Whatever is wrong with a request, it must not come again and again before those of all others."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._books.answer, request)
        except sqlite3.OperationalError:  # a full disk, which may have room again
            raise
        except Exception as error:
            log.exception("A request of a worker could not be answered.")
            raise Rejected(f"it cannot be carried out ({type(error).__name__})") from None

    async def _reply(self, delivery: Delivery, request: Request, answer: Answer) -> None:
        body = to_bytes(answer)
        try:
            await self._link.publish(
                "", delivery.reply_to or "", body, correlation_id=delivery.correlation_id, is_persistent=False
            )
        except Unroutable:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._books.give_back, request, answer)
        except BrokerDown:
            pass  # who still wants to know asks again, and is told the same

    async def _look(self) -> None:
        told = ""
        while True:
            await asyncio.sleep(LOOK_S)
            ready_s = self._consumption.ready_s if self._consumption else 0.0
            try:
                await asyncio.get_running_loop().run_in_executor(self._thread, self._books.tend, ready_s)
                number, newest, kinds = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._books.waiting
                )
            except sqlite3.Error as error:  # a full disk, which may have room again
                if str(error) != told:
                    log.error("The table of jobs cannot be used: %s", error)
                told = str(error)
                continue
            if ready_s and self._is_worth_ringing(number, newest):
                await self._ring(kinds)

    def _is_worth_ringing(self, number: int, newest: int) -> bool:
        seen, now_s = self._seen, time.monotonic()
        has_more = number > seen.number or newest > seen.newest
        is_worth = number > 0 and (has_more or now_s - seen.rung_s >= RING_AGAIN_S)
        self._seen = Waiting(number, max(newest, seen.newest), now_s if is_worth else seen.rung_s)
        return is_worth

    async def _ring(self, kinds: list[str]) -> None:
        with contextlib.suppress(Unroutable, BrokerDown):  # Unroutable: there is no worker
            await self._link.publish(RUNG.name, "", to_bytes(Ring(kinds=kinds)), is_persistent=False)
