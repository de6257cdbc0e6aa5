"""The rest of a body whose request is refused."""

from contextlib import suppress

import anyio
from fastapi import Request
from starlette.requests import ClientDisconnect

from voice.api.body import DRAIN_BYTES

QUIET_S = 2.0
"""Who sends nothing for so long is waiting for the answer."""


async def drain(request: Request) -> None:
    """Read what still comes, within bounds: most clients cannot hear a refusal before they have sent everything."""
    left, stream = DRAIN_BYTES, request.stream()
    # RuntimeError where all of it has been read already.
    with suppress(ClientDisconnect, RuntimeError, StopAsyncIteration, TimeoutError):
        while left > 0:
            with anyio.fail_after(QUIET_S):
                left -= len(await anext(stream))
