"""What a user interface is told about a conversation."""

from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["off", "listening", "hearing", "recognising", "thinking", "speaking"]
Why = Literal["echo", "backchannel", "nothing", "rejected"]


@dataclass(frozen=True)
class StateChanged:
    """off: the microphone is not followed and nothing goes on; thinking: asked, and nothing to hear yet."""

    state: State


@dataclass(frozen=True)
class Level:
    """How loud the microphone is, root mean square, 0 to 1; about 31 times a second."""

    rms: float


@dataclass(frozen=True)
class Heard:
    """What was recognised and is asked now. Typed text is not told: whoever typed it knows it."""

    text: str
    stages: dict[str, float] = field(default_factory=dict)
    """Milliseconds since the end of speech."""


@dataclass(frozen=True)
class Ignored:
    """An utterance that is not asked."""

    text: str
    why: Why


@dataclass(frozen=True)
class Piece:
    """A piece of the answer has arrived; numbers rise through the whole conversation and never repeat."""

    number: int
    text: str


@dataclass(frozen=True)
class Playing:
    """The sound of a piece begins; told for pieces without sound too, when their place is reached."""

    number: int


@dataclass(frozen=True)
class PieceEnded:
    """A piece was heard to its end."""

    number: int


@dataclass(frozen=True)
class Answered:
    """The turn is over. The text is what the history keeps; not whole: as far as it was heard, perhaps empty."""

    text: str
    is_whole: bool
    stages_ms: dict[str, float] = field(default_factory=dict)
    """Milliseconds since the end of speech, or since typed text was sent."""


@dataclass(frozen=True)
class Trouble:
    """Something failed; the conversation goes on."""

    english: str
    chinese: str


@dataclass(frozen=True)
class Hint:
    """What the server advises, as in "the model spoke without quotes"."""

    text: str


@dataclass(frozen=True)
class ServerState:
    """What /health said; None: the server cannot be reached, and is looked for until it is back."""

    health: dict[str, Any] | None


Event = StateChanged | Level | Heard | Ignored | Piece | Playing | PieceEnded | Answered | Trouble | Hint | ServerState
