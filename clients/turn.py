"""One answer: its pieces, its times, and how much of it somebody has heard."""

from collections.abc import Callable
from dataclasses import dataclass, field

from clients.errands import Errand
from clients.history import SpokenPiece
from clients.text_words import is_cjk

CJK_S, LETTER_S = 0.2, 0.06
"""How long a character is spoken, for pieces whose sound is still arriving."""


@dataclass
class TurnPiece:
    number: int
    text: str
    sound_s: float = 0.0
    is_complete: bool = False
    has_started: bool = False
    has_ended: bool = False

    def length_s(self, played_s: float) -> float:
        """How long it is; guessed where its sound is still arriving."""
        if self.has_ended:
            return played_s
        return self.sound_s if self.is_complete else max(self.sound_s, likely_s(self.text))


@dataclass
class Turn:
    since_s: float
    """When speech ended, or typed text was sent."""
    asked_s: float
    stages_ms: dict[str, float]
    pieces: list[TurnPiece] = field(default_factory=list)
    errand: Errand | None = None
    reply: str = ""
    is_done: bool = False
    is_broken: bool = False
    """It lacks its end; what came of it is played all the same."""
    is_unplayable: bool = False

    def since_ms(self, now_s: float) -> float:
        return round((now_s - self.since_s) * 1000, 1)

    def heard(self, played_s: Callable[[int], float]) -> tuple[list[SpokenPiece], float]:
        """The pieces with their lengths, and how many seconds of them all were played."""
        pieces, total_s = [], 0.0
        for piece in self.pieces:
            piece_s = played_s(piece.number)
            total_s += piece_s
            pieces.append(SpokenPiece(piece.text, piece.length_s(piece_s)))
        return pieces, total_s


def likely_s(text: str) -> float:
    """About how long it takes to say a text."""
    return sum(CJK_S if is_cjk(char) else LETTER_S for char in text)
