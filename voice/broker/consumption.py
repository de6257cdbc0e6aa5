"""A queue being consumed: taken up again after every loss, and every message acknowledged when it has been handled."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import anyio
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import ChannelClosed

from voice.broker.delivery import Delivery, delivery_of
from voice.broker.lost import LOST, close_quietly
from voice.broker.problems import BrokerDown, DeclarationRefused, Rejected, Unroutable
from voice.broker.topology import Part, Queue
from voice.jobs.ending import end

if TYPE_CHECKING:
    from voice.broker.link import BrokerLink

log = logging.getLogger("yinliu.broker")

REST_S = 1.0
"""Before a message whose handler failed is given back: what failed may need a moment."""
FIRST_TRY_S, LONGEST_TRY_S = 0.2, 5.0
LOOK_S = 1.0
LONGEST_WHY = 500
MOST_DEAD = 1000
"""Kept for whoever looks into it; the oldest go first."""


Handler = Callable[[Delivery], Awaitable[None]]
"""Returning acknowledges the message; Rejected buries it; anything else gives it back to the broker after REST_S.

A handler is cancelled when the connection is lost; the message comes again, so it has to bear that.
"""


def dead_letters(name: str) -> Queue:
    """The queue of this name for messages that can never be handled."""
    return Queue(name, arguments={"x-max-length": MOST_DEAD})


class Consumption:
    """One consumer of one queue, made by BrokerLink.consume."""

    def __init__(
        self,
        link: "BrokerLink",
        queue: str,
        handler: Handler,
        prefetch: int,
        parts: Sequence[Part],
        dead: str,
        is_alone: bool,
    ):
        self._link = link
        self._queue = queue
        self._handler = handler
        self._prefetch = prefetch
        self._parts = parts
        self._dead = dead
        self._is_alone = is_alone
        self._ready = asyncio.Event()
        self._ready_at_s = 0.0
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def ready_s(self) -> float:
        """For how long messages have been consumed without a break; 0 while they are not."""
        return time.monotonic() - self._ready_at_s if self._ready.is_set() else 0.0

    @property
    def problem(self) -> str:
        """Why nothing is consumed although there is a connection; "" when something is."""
        return self._told

    def begin(self) -> None:
        """Start the task that keeps it."""
        self._task = asyncio.create_task(self._keep())

    async def wait_ready(self, timeout_s: float | None = None) -> bool:
        """Whether messages are being consumed, after waiting for it."""
        with anyio.move_on_after(timeout_s):
            await self._ready.wait()
        return self._ready.is_set()

    async def close(self) -> None:
        """Consume no more; what is not acknowledged goes back."""
        if self._task:
            await end(self._task)

    async def _keep(self) -> None:
        rest_s = FIRST_TRY_S
        while True:
            await self._link.wait_up()
            try:
                await self._consume()
                rest_s = FIRST_TRY_S
            except DeclarationRefused as refusal:
                self._tell(str(refusal))
            except ChannelClosed as closed:  # the broker says why: no such queue, somebody else's
                self._tell(f"The queue {self._queue!r} cannot be consumed: {closed.args[-1] if closed.args else ''}")
            except (*LOST, BrokerDown):
                pass  # the link says what there is to say
            await asyncio.sleep(rest_s)
            rest_s = min(2 * rest_s, LONGEST_TRY_S)

    async def _consume(self) -> None:
        """Until the channel ends, whoever ends it."""
        dead = (dead_letters(self._dead),) if self._dead else ()
        await self._link.declare(*dead, *self._parts)
        channel = await self._link.channel(self._prefetch)
        try:
            ended = _end_of(channel)
            queue = await channel.get_queue(self._queue, ensure=False)
            tag = await queue.consume(self._deliver, exclusive=self._is_alone)
            self._told = ""
            self._ready_at_s = time.monotonic()
            self._ready.set()
            await _until_over(channel, tag, ended)
        finally:
            self._ready.clear()
            await close_quietly(channel)

    async def _deliver(self, message: AbstractIncomingMessage) -> None:
        try:
            await self._handler(delivery_of(message))
        except Rejected as why:
            try:
                await self._bury(message, str(why))
            except (BrokerDown, *LOST):  # the channel may live on, and waits for an answer
                await self._give_back(message)
            else:
                await _ack(message)
        except Exception:
            log.exception("A message of %s could not be handled; it is tried again.", self._queue)
            await self._give_back(message)
        else:
            await _ack(message)

    async def _give_back(self, message: AbstractIncomingMessage) -> None:
        await asyncio.sleep(REST_S)
        with contextlib.suppress(*LOST):
            await message.nack(requeue=True)

    async def _bury(self, message: AbstractIncomingMessage, why: str) -> None:
        """Published anew, not dead-lettered by the broker: that would need arguments of a queue that may be foreign."""
        why = " ".join(why.split())[:LONGEST_WHY]  # parts of it may be a stranger's words
        log.warning("A message of %s was rejected: %s", self._queue, why)
        if not self._dead:
            return
        headers = {"x-reason": why, "x-queue": self._queue}
        try:
            await self._link.publish("", self._dead, message.body, headers=headers, message_id=message.message_id)
        except Unroutable:  # somebody has deleted the queue meanwhile
            await self._link.declare(dead_letters(self._dead))
            await self._link.publish("", self._dead, message.body, headers=headers, message_id=message.message_id)

    def _tell(self, problem: str) -> None:
        if problem != self._told:
            log.error("%s", problem)
        self._told = problem


async def _ack(message: AbstractIncomingMessage) -> None:
    with contextlib.suppress(*LOST):  # it comes again
        await message.ack()


def _end_of(channel: AbstractChannel) -> "asyncio.Future[BaseException | None]":
    """Done when the channel has been closed, with what the broker said."""
    ended: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()

    def end(_: object = None, error: BaseException | None = None) -> None:
        if not ended.done():
            ended.set_result(error if isinstance(error, ChannelClosed) else None)

    channel.close_callbacks.add(end)
    return ended


async def _until_over(channel: AbstractChannel, tag: str, ended: "asyncio.Future[BaseException | None]") -> None:
    """Until the channel is closed, or the queue has gone from under its consumer. Raises what the broker said."""
    underlay = await channel.get_underlay_channel()
    while not (await asyncio.wait({ended}, timeout=LOOK_S))[0]:
        # Deleted queues are told in ways that differ between versions of aiormq.
        if tag not in getattr(underlay, "consumers", {tag}):
            return
    if error := ended.result():
        raise error
