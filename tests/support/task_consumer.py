"""A program that uses the task messages, written from their description alone: it knows nothing of our code."""

import asyncio
import json
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, AbstractRobustChannel

EXCHANGES = ("slice", "denoise", "asr", "1abc", "1Ba", "1Bb", "one_click")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Seen:
    """A message as it arrived: through which of the consumer's queues, and what it said."""

    queue: str
    exchange: str
    key: str
    body: dict[str, Any]
    raw: bytes
    message_id: str | None
    is_persistent: bool
    content_type: str | None


class TaskConsumer:
    """Binds a queue of its own to each key that it is interested in; acknowledges by hand."""

    def __init__(self, url: str, keys: dict[str, tuple[str, ...]], is_durable: bool = False):
        """keys: routing keys by exchange. is_durable: its queues outlive a restart of the broker."""
        self.url = url
        self._keys = keys
        self._is_durable = is_durable
        self.seen: list[Seen] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._channel: AbstractRobustChannel = self._run(self._begin())

    def of(self, session: str, queue: str = "") -> list[Seen]:
        """What has arrived for a session, in order."""
        return [one for one in self.seen if one.body["session_id"] == session and queue in ("", one.queue)]

    def wait(self, session: str, count: int = 1, within_s: float = 40, queue: str = "") -> list[dict[str, Any]]:
        """The bodies for a session, as soon as there are so many."""
        deadline_s = time.monotonic() + within_s
        while len(self.of(session, queue)) < count:
            assert time.monotonic() < deadline_s, f"only {[one.body for one in self.of(session, queue)]}"
            time.sleep(0.05)
        return [one.body for one in self.of(session, queue)]

    def wait_end(self, session: str, within_s: float = 60) -> list[dict[str, Any]]:
        """The bodies for a session up to its end message."""
        deadline_s = time.monotonic() + within_s
        while not any(one.body.get("type") == "end_message" for one in self.of(session)):
            assert time.monotonic() < deadline_s, f"only {[one.body for one in self.of(session)]}"
            time.sleep(0.05)
        return [one.body for one in self.of(session)]

    def send(self, exchange: str, body: bytes, key: str = "start", message_id: str | None = None) -> None:
        """As a program of the field does it, which may give no id."""
        message = aio_pika.Message(body, message_id=message_id, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)

        async def publish() -> None:
            channel = self._channel
            place = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
            await place.publish(message, key)

        self._run(publish())

    def declare(self, queue: str, *, durable: bool) -> None:
        """A queue as another program would have left it."""
        self._run(self._declare(queue, durable))

    def waiting(self, queue: str) -> int:
        """How many messages wait in a queue."""

        async def count() -> int:
            # A robust channel answers from its memory what it has been asked before.
            found = await self._channel.declare_queue(queue, passive=True, robust=False)
            return found.declaration_result.message_count or 0

        return self._run(count())

    def take(self, queue: str) -> AbstractIncomingMessage | None:
        """One message out of a queue, acknowledged."""

        async def get() -> AbstractIncomingMessage | None:
            place = await self._channel.get_queue(queue, ensure=False)
            message = await place.get(fail=False)
            if message:
                await message.ack()
            return message

        return self._run(get())

    def take_away(self, queue: str) -> None:
        """Delete a queue."""

        async def delete() -> None:
            await self._channel.queue_delete(queue)

        self._run(delete())

    def hold(self, queue: str) -> None:
        """Take one message, and never acknowledge it."""

        async def get() -> None:
            place = await self._channel.get_queue(queue, ensure=False)
            await place.get(timeout=10)

        self._run(get())

    def close(self) -> None:
        self._run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _begin(self) -> AbstractRobustChannel:
        self._connection = await aio_pika.connect_robust(self.url, reconnect_interval=0.3)
        channel = await self._connection.channel()
        for exchange in EXCHANGES:
            place = await channel.declare_exchange(exchange, aio_pika.ExchangeType.DIRECT, durable=True)
            for key in self._keys.get(exchange, ()):
                name = f"test.{exchange}.{key}"
                queue = await channel.declare_queue(name, durable=self._is_durable, auto_delete=False)
                await queue.bind(place, key)
                await queue.consume(self._receiver(name))
        both = self._keys.get("both")
        if both:  # one queue for either reading of the description
            queue = await channel.declare_queue("test.both", durable=self._is_durable)
            for exchange in ("slice", "denoise", "asr"):
                await queue.bind(exchange, "end")
                await queue.bind(exchange, f"end{exchange}")
            await queue.consume(self._receiver("test.both"))
        return channel

    def _receiver(self, queue: str):
        async def receive(message: AbstractIncomingMessage) -> None:
            body = json.loads(message.body)
            if isinstance(body, str):
                body = json.loads(body)
            self.seen.append(
                Seen(
                    queue,
                    message.exchange or "",
                    message.routing_key or "",
                    body,
                    message.body,
                    message.message_id,
                    message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT,
                    message.content_type,
                )
            )
            await message.ack()

        return receive

    async def _declare(self, queue: str, durable: bool) -> None:
        await self._channel.declare_queue(queue, durable=durable)

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)
