"""How far a long piece of work has come: a bar on a terminal, a line now and then in a log."""

import sys
import time
from typing import TextIO

NAME_WIDTH, BAR_WIDTH = 24, 14
"""So that a line fits 80 columns; a longer one would be drawn anew below itself."""
REDRAW_S = 0.2
LINES = 4
"""In a log: at every quarter."""


class Progress:
    """Of one file; bytes that were there before count as done but not for the speed."""

    def __init__(self, name: str, total: int, done: int = 0, stream: TextIO | None = None):
        self._name = name
        self._total = max(total, 1)
        self._stream = stream or sys.stderr
        self._begun = self._drawn = time.monotonic()
        self._before = done
        self._told = LINES * done // self._total

    def update(self, done: int) -> None:
        """Show it, unless that was done a moment ago."""
        if self._stream.isatty():
            if time.monotonic() - self._drawn >= REDRAW_S or done >= self._total:
                self._drawn = time.monotonic()
                self._stream.write(f"\r{self._line(done)} ")
                self._stream.flush()
        elif LINES * done // self._total > self._told:
            self._told = LINES * done // self._total
            self._stream.write(f"{self._line(done)}\n")
            self._stream.flush()

    def finish(self) -> None:
        if self._stream.isatty():
            self._stream.write("\n")
            self._stream.flush()

    def _line(self, done: int) -> str:
        share = min(1.0, done / self._total)
        bar = ("#" * round(share * BAR_WIDTH)).ljust(BAR_WIDTH, ".")
        seconds = max(time.monotonic() - self._begun, 0.001)
        speed = (done - self._before) / seconds
        left = _clock((self._total - done) / speed) if speed > 0 and done < self._total else _clock(0)
        amount = f"{done / 1e6:.0f}/{self._total / 1e6:.0f} MB"
        name = self._name[-NAME_WIDTH:]
        return f"  {name:{NAME_WIDTH}} [{bar}] {share:4.0%} {amount:>11} {speed / 1e6:5.1f} MB/s {left:>6}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(min(seconds, 360_000)), 60)
    return f"{minutes}:{rest:02}"
