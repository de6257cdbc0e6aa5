"""The rest of a body whose request is refused."""

import asyncio
from contextlib import suppress

from fastapi import Request
from starlette.requests import ClientDisconnect

from voice.api.body import DRAIN_BYTES

QUIET_S = 2.0
"""Who sends nothing for so long is waiting for the answer."""


async def drain(request: Request) -> None:
    """Read what still comes, within bounds: most clients cannot hear a refusal before they have sent everything."""
    left, stream = DRAIN_BYTES, request.stream()
    # RuntimeError where all of it has been read already.
    with suppress(ClientDisconnect, RuntimeError, StopAsyncIteration, asyncio.TimeoutError):
        while left > 0:
            left -= len(await asyncio.wait_for(anext(stream), QUIET_S))
