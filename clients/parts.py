"""What the parts of a conversation share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from clients.errands import Errands
from clients.events import Event
from clients.history import History
from clients.interruption import usual_system
from clients.play import Player
from clients.protocol import Server
from clients.troubles import ServerTrouble


@dataclass(frozen=True)
class TalkOptions:
    """What may be chosen. None leaves the choice to the server."""

    system: str = ""
    """The system prompt; empty sends the usual one, or none where a character is chosen."""
    character: str | None = None
    voice: str | None = None
    language: str | None = None
    speed: float | None = None
    llm: dict[str, Any] | None = None
    duplex: Literal["full", "half"] = "full"
    silence_ms: float = 500
    stream: Literal["chunks", "pieces"] = "chunks"
    keep_turns: int = 40

    def system_prompt(self) -> str:
        """A character brings its own, which the server adds."""
        return self.system or ("" if self.character else usual_system())

    def request(self) -> dict[str, Any]:
        """The fields of /api/chat besides the history."""
        names = ("character", "voice", "language", "speed", "llm")
        chosen = {name: getattr(self, name) for name in names if getattr(self, name)}
        # Servers that do not know the field send whole pieces.
        return chosen | ({"stream": "chunks"} if self.stream == "chunks" else {})


@dataclass
class Parts:
    """One conversation's surroundings. clock: seconds that only rise."""

    server: Server
    player: Player
    tell: Callable[[Event], None]
    errands: Errands
    clock: Callable[[], float]
    options: TalkOptions
    history: History = field(default_factory=History)
    server_failed: Callable[[ServerTrouble], None] = lambda _: None
    """Told of every failed attempt that is made again."""
    server_answered: Callable[[], None] = lambda: None
