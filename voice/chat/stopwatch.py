"""Named moments of one turn, in milliseconds since it began."""

import time
from collections.abc import Callable

STAGES = ("first_token", "first_piece", "first_audio", "done")
"""In the order in which they happen; a stage that did not happen is absent."""


class Stopwatch:
    """Started when made; each moment is kept the first time it is marked."""

    def __init__(self, now_s: Callable[[], float] = time.perf_counter):
        self._now_s = now_s
        self._start_s = now_s()
        self.marks_ms: dict[str, float] = {}

    def mark(self, stage: str) -> None:
        if stage not in self.marks_ms:
            self.marks_ms[stage] = round((self._now_s() - self._start_s) * 1000, 1)
