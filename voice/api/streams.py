"""Streams of server-sent events that count: each gives its place back however it ends."""

import logging
from collections.abc import AsyncGenerator, Callable
from typing import Any

from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

log = logging.getLogger("yinliu.api")

KEEP_ALIVE_S = 15


class CountedStream(EventSourceResponse):
    """release: called once the stream has ended, also when it ends before it has begun."""

    def __init__(self, events: AsyncGenerator[Any, None], release: Callable[[], None], **options: Any):
        super().__init__(events, sep="\n", ping=KEEP_ALIVE_S, **options)
        self._release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("A listener took nothing for too long and was left.")
        finally:
            self._release()
