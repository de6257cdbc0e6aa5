"""Who comes next when several speak at once: decisions only, without a model, a thread or a clock of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key")

STEPS_BETWEEN_PREFILLS = 4
"""A newcomer's prefill halts those who speak, so they get on a little before the next."""


@dataclass(frozen=True)
class Admission:
    """When waiting requests get a row of the batch."""

    rows: int

    def may_enter(self, waiting: int, running: int, steps_since_prefill: int) -> bool:
        if not waiting or running >= self.rows:
            return False
        return running == 0 or steps_since_prefill >= STEPS_BETWEEN_PREFILLS


@dataclass(frozen=True)
class Playback:
    """How far a listener is provided for.

    asked_at_s: when the request came. began_at_s: when the first sound left, or None. sent_s: sound so far.
    unread_s: how much of it the listener has not taken yet.
    """

    asked_at_s: float
    began_at_s: float | None
    sent_s: float
    unread_s: float

    @property
    def silent_at_s(self) -> float:
        """When there is nothing left to hear: with no sound yet, since it was asked for."""
        return self.asked_at_s if self.began_at_s is None else self.began_at_s + self.sent_s


LONGEST_UNREAD_S = 20.0
"""A listener who has so much untaken gets no more for now; nobody else waits for that."""


def most_urgent(playbacks: Iterable[tuple[Key, Playback]]) -> Key | None:
    """Whose next chunk to vocode: the one who hears silence first."""
    ready = [(playback.silent_at_s, index, key) for index, (key, playback) in enumerate(playbacks)]
    return min(ready)[2] if ready else None


def can_take_more(playback: Playback) -> bool:
    return playback.unread_s < LONGEST_UNREAD_S


def row_to_fill(rows: Sequence[object], freed: int) -> int | None:
    """The row to move into a freed one, so that the rows in use stay the first; None when the freed was the last."""
    last = len(rows) - 1
    return None if freed == last else last
