"""How much is vocoded at a time: little at first, because somebody listens to silence, then more and more."""

from collections.abc import Iterator
from dataclasses import dataclass

FRAMES_PER_TOKEN = 2


@dataclass(frozen=True)
class Cut:
    """A chunk is made when there are `tokens` of them; the last `look_ahead` are heard, but not yet spoken."""

    tokens: int
    look_ahead: int


@dataclass(frozen=True)
class Pacing:
    """Cuts depend on nothing but these numbers, so a seed gives the same sound however busy the machine is.

    windows: latent frames vocoded for one chunk after the other; the last is repeated. look_aheads: the same in tokens.
    """

    windows: tuple[int, ...] = (20, 36, 64, 112)
    look_aheads: tuple[int, ...] = (2, 3, 4, 4)

    def __post_init__(self) -> None:
        for index in range(max(len(self.windows), len(self.look_aheads))):
            window, look_ahead = self._at(index)
            if not 0 <= look_ahead < window // FRAMES_PER_TOKEN:
                raise ValueError(f"A window of {window} frames must be longer than {look_ahead} tokens of look-ahead.")

    def cuts(self) -> Iterator[Cut]:
        """The cuts of a piece, one after another, without end."""
        spoken = index = 0
        while True:
            window, look_ahead = self._at(index)
            tokens = spoken + window // FRAMES_PER_TOKEN
            yield Cut(tokens, look_ahead)
            spoken, index = tokens - look_ahead, index + 1

    def _at(self, index: int) -> tuple[int, int]:
        last_window, last_look_ahead = len(self.windows) - 1, len(self.look_aheads) - 1
        return self.windows[min(index, last_window)], self.look_aheads[min(index, last_look_ahead)]


WHOLE = Pacing(windows=(1 << 30,), look_aheads=(0,))
"""For those who want a piece in one go."""
