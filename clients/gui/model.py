"""What the window shows, as plain state made from the conversation's events. Knows no window."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from clients.events import (
    Answered,
    Event,
    Heard,
    Hint,
    Ignored,
    Level,
    Piece,
    PieceEnded,
    Playing,
    State,
    StateChanged,
    Trouble,
    Why,
)

Part = Literal["state", "level", "bubbles", "strip", "latency", "server", "link", "choices", "devices", "settings"]
"""What has to be painted anew; the last five are told by the desk."""
KEPT_BUBBLES = 400


@dataclass
class Bubble:
    """One thing said, by whom, and how much of it was heard."""

    number: int
    by: Literal["user", "assistant", "note"]
    text: str = ""
    """Of the user, or the answer as the history keeps it."""
    why: Why | None = None
    """Of a note: why these words were not asked."""
    pieces: dict[int, str] = field(default_factory=dict)
    playing: int | None = None
    ended: set[int] = field(default_factory=set)
    is_open: bool = False
    """The answer is still being given."""
    is_whole: bool = True


@dataclass(frozen=True)
class Message:
    """A sentence on the strip. A hint advises, a trouble tells of a failure."""

    english: str
    chinese: str
    is_trouble: bool = True


@dataclass
class Talk:
    """The conversation as it is shown."""

    state: State = "off"
    level: float = 0.0
    bubbles: list[Bubble] = field(default_factory=list)
    strip: Message | None = None
    stages_ms: Mapping[str, float] = field(default_factory=dict)
    """Of the last turn."""
    _numbers: itertools.count = field(default_factory=itertools.count)

    def take(self, event: Event) -> set[Part]:
        """Change with an event; the parts that changed."""
        if isinstance(event, StateChanged):
            return self._state(event.state)
        if isinstance(event, Level):
            self.level = event.rms
            return {"level"}
        if isinstance(event, Heard):
            return self.asked(event.text)
        if isinstance(event, Ignored):
            return self._add(Bubble(next(self._numbers), "note", event.text, event.why))
        if isinstance(event, (Piece, Playing, PieceEnded)):
            return self._piece(event)
        if isinstance(event, Answered):
            return self._answered(event)
        if isinstance(event, Trouble):
            return self.show(Message(event.english, event.chinese))
        if isinstance(event, Hint):
            return self.show(Message(event.text, event.text, is_trouble=False))
        return set()

    def asked(self, text: str) -> set[Part]:
        """The user has said or typed something that is sent now."""
        self.strip = None
        changed: set[Part] = {"strip"}
        return changed | self._add(Bubble(next(self._numbers), "user", text))

    def show(self, message: Message | None) -> set[Part]:
        """Put a sentence on the strip, or clear it. A hint does not cover a trouble."""
        if message and not message.is_trouble and self.strip and self.strip.is_trouble:
            return set()
        self.strip = message
        return {"strip"}

    def forget(self) -> set[Part]:
        """A new conversation."""
        self.bubbles, self.strip, self.stages_ms = [], None, {}
        return {"bubbles", "strip", "latency"}

    def _add(self, bubble: Bubble) -> set[Part]:
        self.bubbles.append(bubble)
        del self.bubbles[:-KEPT_BUBBLES]
        return {"bubbles"}

    def _state(self, state: State) -> set[Part]:
        self.state = state
        if state == "off":
            self.level = 0.0
        return {"state", "level"}

    def _piece(self, event: Piece | Playing | PieceEnded) -> set[Part]:
        if isinstance(event, Piece):
            self._answer().pieces[event.number] = event.text
            return {"bubbles"}
        bubble = self._holder(event.number)
        if not bubble:  # of an answer that was given up
            return set()
        if isinstance(event, Playing):
            bubble.playing = event.number
        else:
            bubble.ended.add(event.number)
            bubble.playing = None if bubble.playing == event.number else bubble.playing
        return {"bubbles"}

    def _answered(self, event: Answered) -> set[Part]:
        if not (event.text or self._open()):
            return self._latency(event.stages_ms)
        bubble = self._answer()
        bubble.text, bubble.is_whole = event.text, event.is_whole
        bubble.is_open, bubble.playing = False, None
        changed: set[Part] = {"bubbles"}
        return changed | self._latency(event.stages_ms)

    def _latency(self, stages_ms: Mapping[str, float]) -> set[Part]:
        if not stages_ms:
            return set()
        self.stages_ms = stages_ms
        return {"latency"}

    def _answer(self) -> Bubble:
        """The bubble of the answer that is being given; a new one where none is."""
        bubble = self._open()
        if not bubble:
            bubble = Bubble(next(self._numbers), "assistant", is_open=True)
            self._add(bubble)
        return bubble

    def _open(self) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if bubble.is_open), None)

    def _holder(self, piece: int) -> Bubble | None:
        return next((bubble for bubble in reversed(self.bubbles) if piece in bubble.pieces), None)
