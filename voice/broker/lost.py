"""The many ways in which aio-pika says that a connection or channel has gone."""

import asyncio
import contextlib

import anyio
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import CONNECTION_EXCEPTIONS

LOST = (*CONNECTION_EXCEPTIONS, TimeoutError, asyncio.TimeoutError, asyncio.InvalidStateError)
CLOSE_S = 3.0


async def close_quietly(channel: AbstractChannel) -> None:
    """Close a channel, which may be closed already, or whose connection may have gone."""
    with contextlib.suppress(*LOST):
        if not channel.is_closed:
            with anyio.fail_after(CLOSE_S):
                await channel.close()
