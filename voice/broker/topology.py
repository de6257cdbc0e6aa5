"""What there is on a broker, as this program wants it to be: exchanges, queues, and how they are bound."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aio_pika.abc import AbstractChannel


@dataclass(frozen=True)
class Exchange:
    name: str
    kind: Literal["direct", "fanout", "topic"] = "direct"
    is_durable: bool = True


@dataclass(frozen=True)
class Queue:
    """arguments: as RabbitMQ names them, e.g. x-expires in milliseconds."""

    name: str
    is_durable: bool = True
    is_exclusive: bool = False
    """Of one connection, and gone with it."""
    is_auto_deleted: bool = False
    """Gone with its last consumer."""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Binding:
    queue: str
    exchange: str
    key: str = ""


Part = Exchange | Queue | Binding


async def declare_part(channel: AbstractChannel, part: Part) -> None:
    """Make it, or find that it is there already and the same; a difference ends the channel."""
    if isinstance(part, Exchange):
        await channel.declare_exchange(part.name, part.kind, durable=part.is_durable)
    elif isinstance(part, Queue):
        await channel.declare_queue(
            part.name,
            durable=part.is_durable,
            exclusive=part.is_exclusive,
            auto_delete=part.is_auto_deleted,
            arguments=dict(part.arguments) or None,
        )
    else:
        queue = await channel.get_queue(part.queue, ensure=False)
        await queue.bind(part.exchange, part.key)
