"""A message as a handler gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aio_pika.abc import AbstractIncomingMessage


@dataclass(frozen=True)
class Delivery:
    """Whatever strangers can send may be in it."""

    body: bytes
    headers: Mapping[str, Any]
    message_id: str | None
    correlation_id: str | None
    reply_to: str | None
    exchange: str
    routing_key: str
    is_redelivered: bool


def delivery_of(message: AbstractIncomingMessage) -> Delivery:
    """Headers, exchange and routing key that the message does not have are empty."""
    return Delivery(
        body=message.body,
        headers=dict(message.headers or {}),
        message_id=message.message_id,
        correlation_id=message.correlation_id,
        reply_to=message.reply_to,
        exchange=message.exchange or "",
        routing_key=message.routing_key or "",
        is_redelivered=bool(message.redelivered),
    )
