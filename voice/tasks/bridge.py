"""Start messages from a broker become jobs, and a message is acknowledged when its job is on disk.

The table then holds the lease: a broker takes a message back that is not acknowledged for half an hour.
"""

import asyncio
import hashlib
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
from pydantic import ValidationError

from voice.broker.delivery import Delivery
from voice.broker.link import BrokerLink
from voice.broker.problems import BrokerDown, DeclarationRefused, Rejected, Unroutable
from voice.jobs.ending import end
from voice.tasks.announcer import Announcer
from voice.tasks.intake import Intake, NotPublished, identity
from voice.tasks.messages import NotAMessage, decode, encode, unusable
from voice.tasks.requests import TaskRequest
from voice.tasks.switches import Switches
from voice.tasks.types import START, TYPES, TaskType

DEAD = "yinliu.tasks.dead"
"""Where messages go that are no requests."""
MOST_BYTES = 1 << 20
CLOSE_S = 2.0


class Bridge:
    """Both directions of the seven exchanges. wake: tells the workers that there is work."""

    def __init__(
        self, link: BrokerLink, intake: Intake, announcer: Announcer, switches: Switches, wake: Callable[[], None]
    ):
        self._link = link
        self._intake = intake
        self._announcer = announcer
        self._switches = switches
        self._wake = wake
        self._announcing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to consume and to announce; returns at once, whether the broker is there or not."""
        await self._link.open()
        for task in TYPES.values():
            handler = partial(self._take, task)
            # One at a time: of two messages without an id, only the first can have been seen before a loss.
            self._link.consume(task.queue, handler, 1, parts=self._switches.parts(task), dead=DEAD)
        self._announcing = asyncio.create_task(self._announcer.run())

    async def close(self) -> None:
        """What is not announced yet stays in the table."""
        if self._announcing:
            await end(self._announcing)
        self._announcer.close()
        with anyio.move_on_after(CLOSE_S):  # a broker that hangs must not hold up the server's end
            await self._link.close()

    async def publish(self, task: TaskType, request: TaskRequest) -> None:
        """Send a start message. Raises NotPublished."""
        body = encode(request.model_dump(), self._switches.double_encoded)
        try:
            await self._link.declare(*self._switches.parts(task))  # so that it is kept although nobody consumes yet
            await self._link.publish(task.exchange, START, body, message_id=uuid.uuid4().hex)
        except DeclarationRefused as error:
            raise NotPublished(f"{error} The setting here is tasks.durable_queues.") from error
        except (BrokerDown, Unroutable) as error:
            raise NotPublished(self._link.problem.english if self._link.problem else str(error)) from error

    async def _take(self, task: TaskType, delivery: Delivery) -> None:
        given: dict[str, Any] = {}
        try:
            if len(delivery.body) > MOST_BYTES:
                raise NotAMessage(f"it is larger than {MOST_BYTES >> 10} KB")
            given = decode(delivery.body)
            request = task.request.model_validate(given)
        except (NotAMessage, ValidationError) as error:
            await self._refuse(task, delivery, given)
            raise Rejected(_reason(error)) from None
        await asyncio.to_thread(self._submit, task, request, delivery)
        self._wake()

    def _submit(self, task: TaskType, request: TaskRequest, delivery: Delivery) -> None:
        known = self._intake.identity_of(task, delivery.message_id, delivery.body, delivery.is_redelivered)
        self._intake.submit(task, request, known)

    async def _refuse(self, task: TaskType, delivery: Delivery, given: dict[str, Any]) -> None:
        """Whoever waits for the end of this session is told that there will be none."""
        name = identity(task, "refused", delivery.message_id or hashlib.sha256(delivery.body).hexdigest())
        for number, message in enumerate(unusable(task, given, self._switches.empty_tool_key)):
            await self._announcer.send(task, message, f"{name}-{number}")


def _reason(error: NotAMessage | ValidationError) -> str:
    """Without what was sent, which may be anything."""
    if isinstance(error, NotAMessage):
        return f"{error}."
    problems = [f"{'.'.join(map(str, one['loc'])) or 'request'}: {one['msg']}" for one in error.errors()[:5]]
    return f"{'; '.join(problems)}."
