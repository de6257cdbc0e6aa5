"""Which workers on other machines there seem to be: those that have asked or reported within a minute."""

import time
from collections.abc import Callable

WITHIN_S = 60.0
"""One that has nothing to do asks every ten seconds, one at work reports every second."""


class HeardOf:
    """Belongs to one thread. now: a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic):
        self._now = now
        self._last_s: dict[str, float] = {}

    def note(self, worker: str) -> None:
        """It has said something just now."""
        self._last_s[worker] = self._now()
        self._forget()

    @property
    def count(self) -> int:
        """How many there are."""
        self._forget()
        return len(self._last_s)

    def _forget(self) -> None:
        since_s = self._now() - WITHIN_S
        self._last_s = {worker: last_s for worker, last_s in self._last_s.items() if last_s >= since_s}
