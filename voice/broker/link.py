"""The connection to a broker: made again for as long as it is wanted, and honest about being away.

aio-pika's own reconnecting connection is not used: while it is away its publishers wait without an end, a declaration
that the broker refuses is repeated in silence, and it cannot begin while the broker is down.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import aio_pika
import anyio
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed, DeliveryError, PublishError

from voice.broker.address import BrokerAddress
from voice.broker.consumption import Consumption, Handler
from voice.broker.lenient import decode_leniently
from voice.broker.lost import CLOSE_S, LOST, close_quietly
from voice.broker.problems import BrokerDown, DeclarationRefused, Problem, Unroutable, problem_of
from voice.broker.topology import Part, declare_part
from voice.jobs.ending import end

log = logging.getLogger("yinliu.broker")

FIRST_REST_S, LONGEST_REST_S = 0.2, 5.0
"""Between two attempts to connect."""
CONNECT_S, ANSWER_S = 10.0, 10.0
HEARTBEAT_S = 20
"""A peer that has vanished without a word is noticed after two of these."""


class BrokerLink:
    """Belongs to one event loop. Raises BadAddress for a url that is none; name is shown by the broker."""

    def __init__(self, url: str, name: str = "yinliu"):
        self._address = BrokerAddress.parse(url)
        self._name = name
        self._connection: AbstractConnection | None = None
        self._publishing: AbstractChannel | None = None
        self._opening = asyncio.Lock()
        self._up = asyncio.Event()
        self._problem: Problem | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._consumptions: list[Consumption] = []

    @property
    def shown(self) -> str:
        """The address without its password."""
        return self._address.shown

    @property
    def is_up(self) -> bool:
        return self._up.is_set()

    @property
    def problem(self) -> Problem | None:
        """Why there is no connection; None while there is one, and before the first attempt has ended."""
        return self._problem

    async def open(self) -> None:
        """Begin to connect, and go on for ever; returns at once, whether the broker is there or not."""
        logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # it reports every attempt, the link the first one
        decode_leniently()
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """End the consumers and the connection; messages whose handler has not ended are delivered again."""
        consumptions, self._consumptions = self._consumptions, []
        for consumption in consumptions:
            await consumption.close()
        if self._keeping:
            await end(self._keeping)
            self._keeping = None

    async def wait_up(self, timeout_s: float | None = None) -> bool:
        """Whether there is a connection, after waiting for one."""
        with anyio.move_on_after(timeout_s):
            await self._up.wait()
        return self.is_up

    async def declare(self, *parts: Part) -> None:
        """Make sure that these are there. Raises BrokerDown, DeclarationRefused."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                channel = await self._channel(stack)
            except LOST as error:
                raise BrokerDown(f"There is no connection to {self.shown}.") from error
            for part in parts:
                try:
                    with anyio.fail_after(ANSWER_S):
                        await declare_part(channel, part)
                except ChannelPreconditionFailed as error:
                    raise DeclarationRefused(part, f"{error.args[-1] if error.args else error}.") from None
                except LOST as error:
                    raise BrokerDown(f"{self.shown} did not make {part}: {error}") from error

    async def publish(
        self,
        exchange: str,
        routing_key: str,
        body: bytes,
        *,
        headers: Mapping[str, Any] | None = None,
        message_id: str | None = None,
        correlation_id: str | None = None,
        reply_to: str | None = None,
        expiration_s: float | None = None,
        is_persistent: bool = True,
        content_type: str = "application/json",
    ) -> None:
        """Returns when the broker has the message in a queue. Raises Unroutable, and BrokerDown where that is unknown.

        Whoever sends it again should give it the same message_id.
        """
        message = aio_pika.Message(
            body,
            headers=dict(headers or {}),
            message_id=message_id,
            correlation_id=correlation_id,
            reply_to=reply_to,
            expiration=expiration_s,
            content_type=content_type,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT if is_persistent else aio_pika.DeliveryMode.NOT_PERSISTENT,
        )
        try:
            with anyio.fail_after(ANSWER_S):
                await self._publish(exchange, routing_key, message)
        except PublishError:
            raise Unroutable(f"Nobody receives {routing_key!r} of the exchange {exchange!r}.") from None
        except ChannelNotFoundEntity:
            raise Unroutable(f"There is no exchange {exchange!r}.") from None
        except DeliveryError as error:
            raise BrokerDown(f"{self.shown} refused a message: {error}") from None
        except LOST as error:
            if not self.is_up:
                raise BrokerDown(f"There is no connection to {self.shown}.") from None
            raise BrokerDown(f"{self.shown} did not confirm a message ({type(error).__name__}).") from error

    def consume(
        self,
        queue: str,
        handler: Handler,
        prefetch: int = 1,
        *,
        parts: Sequence[Part] = (),
        dead: str = "",
        is_alone: bool = False,
    ) -> Consumption:
        """Hand every message of the queue to the handler, from now on and after every reconnection.

        prefetch: handlers at once. parts: declared before, each time. dead: the queue for what the handler rejects.
        is_alone: nobody else may consume it meanwhile.
        """
        consumption = Consumption(self, queue, handler, prefetch, parts, dead, is_alone)
        self._consumptions.append(consumption)
        consumption.begin()
        return consumption

    async def channel(self, prefetch: int) -> AbstractChannel:
        """A channel for one consumer, whose closing is its caller's. Raises one of LOST."""
        connection = self._require()
        channel = connection.channel(publisher_confirms=False)
        with anyio.fail_after(ANSWER_S):
            await channel.initialize(ANSWER_S)
        await channel.set_qos(prefetch_count=prefetch)
        return channel

    async def _channel(self, stack: contextlib.AsyncExitStack) -> AbstractChannel:
        channel = await self.channel(1)
        stack.push_async_callback(close_quietly, channel)
        return channel

    async def _publish(self, exchange: str, routing_key: str, message: aio_pika.Message) -> None:
        async with self._opening:
            if self._publishing is None or self._publishing.is_closed:
                channel = self._require().channel(publisher_confirms=True, on_return_raises=True)
                await channel.initialize(ANSWER_S)
                self._publishing = channel
            publishing = self._publishing
        place = await publishing.get_exchange(exchange, ensure=False) if exchange else publishing.default_exchange
        await place.publish(message, routing_key, mandatory=True)

    def _require(self) -> AbstractConnection:
        if self._connection is None:
            raise ConnectionError(f"There is no connection to {self.shown}.")
        return self._connection

    async def _keep(self) -> None:
        rest_s = FIRST_REST_S
        while True:
            try:
                await self._stay_connected()
                rest_s = FIRST_REST_S
            except LOST as error:
                self._tell(problem_of(error, self.shown))
            await asyncio.sleep(rest_s)
            rest_s = min(2 * rest_s, LONGEST_REST_S)

    async def _stay_connected(self) -> None:
        """Connect, and return when the connection has ended. Raises one of LOST where there is none."""
        shown_as: dict[str, Any] = {"connection_name": self._name}
        with anyio.fail_after(CONNECT_S):
            connection = await aio_pika.connect(self._address.url, client_properties=shown_as, heartbeat=HEARTBEAT_S)
        ended = asyncio.get_running_loop().create_future()
        connection.close_callbacks.add(lambda *_: ended.done() or ended.set_result(None))
        self._connection, self._problem = connection, None
        self._up.set()
        log.info("Connected to the broker at %s.", self.shown)
        try:
            await ended
        finally:
            self._connection = self._publishing = None
            self._up.clear()
            with contextlib.suppress(*LOST):
                with anyio.fail_after(CLOSE_S):
                    await connection.close()
        self._tell(problem_of(ConnectionError("the connection was lost"), self.shown))

    def _tell(self, problem: Problem) -> None:
        if problem != self._problem:  # once, not at every attempt
            log.warning("%s%s", problem.english, "" if problem.is_login else " It is tried again.")
        self._problem = problem
