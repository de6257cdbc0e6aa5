"""The embedded companion: answers without any model, so that a first run speaks."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from typing import Any

from llm.companion.compose import compose
from llm.replier import NO_OPTIONS, Message


class Companion:
    """A scripted partner for small talk in Chinese and English; see llm.replier.Replier. It never claims to be a model.

    now: the clock its answers about time go by.
    """

    name = "the embedded companion"

    def __init__(self, now: Callable[[], datetime] = datetime.now):
        self._now = now

    async def stream_reply(
        self, messages: list[Message], options: Mapping[str, Any] = NO_OPTIONS
    ) -> AsyncGenerator[str, None]:
        """Yield one to four characters at a time, as a model would; the same history gives the same deltas."""
        reply = compose(messages, self._now())
        sizes = random.Random(reply)
        at = 0
        while at < len(reply):
            size = sizes.randint(1, 4)
            yield reply[at : at + size]
            at += size
            await asyncio.sleep(0)  # a reply must not hold up the other turns

    async def warm_up(self) -> None:
        """Compile what the first reply needs."""
        await asyncio.to_thread(compose, [{"role": "user", "content": "?"}], self._now())

    async def models(self) -> list[str]:
        """It is one script."""
        return []

    async def close(self) -> None:
        """Nothing is held open."""
