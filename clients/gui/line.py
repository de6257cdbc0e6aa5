"""What is known of the server in use, looked at again whenever that may have changed. On the window's event loop."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from clients.gui.link import Choices, Link, Look, is_loading, look_at
from clients.gui.model import Part
from clients.gui.words import TEXTS
from clients.protocol import Server

LOADING_LOOK_S = 2.0


class Line:
    """The server's link, engines and choices. changed: told which of them are new."""

    def __init__(self, changed: Callable[[set[Part]], None]):
        self.link = Link()
        self.choices = Choices()
        self.health: Mapping[str, Any] | None = None
        self._changed = changed
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """A server is going to be looked at."""
        self._set(Link("testing"))

    def refuse(self) -> None:
        """What was typed is no address."""
        self._set(Link("bad", *TEXTS["wrong_address"]))

    async def look(self, server: Server) -> None:
        """Ask this server about itself; from now on it is the one in use."""
        self._server = server
        found = await asyncio.to_thread(look_at, server)
        if server is self._server:  # else it was asked in vain: another is wanted by now
            self._take(found)

    def lost(self) -> None:
        """The conversation has noticed that the server is away."""
        self._set(Link("bad", *TEXTS["away"]))

    def returned(self, tell_back: Callable[[], None]) -> None:
        """The conversation has reached the server; if it was away, ask anew and tell when that succeeds."""
        server = self._server
        if self.link.state != "bad" or not server:
            return

        async def welcome() -> None:
            await self.look(server)
            if self.link.state == "good":
                tell_back()

        self._task = asyncio.create_task(welcome())

    def _set(self, link: Link) -> None:
        self.link = link
        self._changed({"link"})

    def _take(self, found: Look) -> None:
        self.choices, self.health = found.choices, found.health
        self._set(found.link)
        self._changed({"choices", "server"})
        if is_loading(self.health) and self._server:
            self._task = asyncio.create_task(self._look_later(self._server))

    async def _look_later(self, server: Server) -> None:
        """Engines load behind an open port."""
        await asyncio.sleep(LOADING_LOOK_S)
        if server is self._server:
            await self.look(server)
