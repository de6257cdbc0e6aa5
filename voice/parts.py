"""The three engines of a conversation on their way from absent to ready, each by itself and in the background."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

import anyio

from llm.replier import Replier
from tts.synthesizer import Synthesizer
from voice.hearing import Hearing

log = logging.getLogger("yinliu.parts")

Engine = TypeVar("Engine")
State = Literal["loading", "ready", "absent", "failed"]
Note = tuple[str, str]
"""What was chosen, why, and what would upgrade it, in English and in Chinese."""


class PartUnavailable(Exception):
    """An engine is absent, broken or not ready in time; the message says what to do."""

    def __init__(self, message: str, is_loading: bool = False):
        super().__init__(message)
        self.is_loading = is_loading


class Part(Generic[Engine]):
    """One engine and its state."""

    def __init__(self, label: str):
        self.label = label
        self.engine: Engine | None = None
        self.note: Note = ("", "")
        self.state: State = "loading"
        self._settled = asyncio.Event()

    @classmethod
    def settled(cls, label: str, engine: Engine | None, note: Note) -> "Part[Engine]":
        """A part whose engine is ready, or known to be absent."""
        part = cls(label)
        part.engine, part.note, part.state = engine, note, "ready" if engine else "absent"
        part._settled.set()
        return part

    async def load(
        self,
        choose: Callable[[], Awaitable[tuple[Engine | None, Note]]],
        start: Callable[[Engine], Awaitable[None]],
        chosen: Callable[["Part[Engine]"], None],
    ) -> None:
        """Choose an engine, tell `chosen`, start it. Never raises: a broken engine must not end the server."""
        try:
            self.engine, self.note = await choose()
            self.state = "loading" if self.engine else "absent"
            chosen(self)
            if self.engine:
                await start(self.engine)
                self.state = "ready"
        except Exception as error:
            why = str(error) or type(error).__name__
            self.state, self.note = "failed", (why, getattr(error, "chinese", why))
            # A sentence says it all; what nobody has foreseen is followed to where it came from.
            log.error("%s failed: %s", self.label, why, exc_info=None if hasattr(error, "chinese") else error)
            chosen(self)
        finally:
            self._settled.set()

    async def ready(self, timeout_s: float) -> Engine:
        """The engine once it is usable. Raises PartUnavailable."""
        try:
            with anyio.fail_after(timeout_s):
                await self._settled.wait()
        except TimeoutError:
            raise PartUnavailable(f"{self.label}: still loading; try again in a moment.", is_loading=True) from None
        if self.state != "ready" or self.engine is None:
            raise PartUnavailable(f"{self.label}: {self.note[0]}")
        return self.engine


@dataclass
class Parts:
    """Who hears, who answers, who speaks."""

    hearing: Part[Hearing] = field(default_factory=lambda: Part("Recogniser"))
    answering: Part[Replier] = field(default_factory=lambda: Part("Model"))
    speaking: Part[Synthesizer] = field(default_factory=lambda: Part("Voice"))

    def named(self) -> list[tuple[str, Part]]:
        """With the short names used on the wire."""
        return [("asr", self.hearing), ("llm", self.answering), ("tts", self.speaking)]

    async def close(self) -> None:
        for _, part in self.named():
            if part.engine is not None:
                await part.engine.close()
