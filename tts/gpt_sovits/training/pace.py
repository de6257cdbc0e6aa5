"""How long the rest takes, from how long steps have taken."""

import time
from collections.abc import Callable

SKIPPED = 5
"""The first steps, in which libraries choose their kernels."""
NEWEST = 0.1
"""The weight of the newest step."""


class Pace:
    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._last_s = clock()
        self._step_s = 0.0
        self._steps = 0

    def step(self) -> None:
        """One more is done."""
        now_s = self._clock()
        took_s, self._last_s = now_s - self._last_s, now_s
        self._steps += 1
        if self._steps == SKIPPED + 1:
            self._step_s = took_s
        elif self._steps > SKIPPED:
            self._step_s += NEWEST * (took_s - self._step_s)

    def skip(self) -> None:
        """What happened since the last step, such as writing a checkpoint, is no part of the next."""
        self._last_s = self._clock()

    def rest_s(self, steps: int) -> float | None:
        """How long so many steps will take; None until that can be told."""
        return self._step_s * steps if self._steps > SKIPPED else None
