"""What a listener can receive during a turn."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spoken:
    """A piece, or a part of one, with its audio."""

    text: str
    """The piece's text with its first part; empty with later parts."""
    pcm: bytes | None
    """Signed 16-bit little-endian mono; None when there is nothing to hear."""
    error: str = ""
    """Why a piece that should have been heard was not."""


@dataclass(frozen=True)
class TurnError:
    """Why a reply is missing or incomplete, in a sentence a user can act on."""

    type: str
    message: str
    status: int | None = None


@dataclass(frozen=True)
class Done:
    """The end of a turn; nothing follows it."""

    reply: str
    error: TurnError | None = None
    hint: str = ""
    timing_ms: dict[str, float] = field(default_factory=dict)


Event = Spoken | Done
