"""Whether a device gets its sound in time. A machine that is too busy for a small buffer needs a larger one."""

import threading
from collections import deque

WINDOW_S = 2.0
MOST_GAPS = 3
SLOWEST = 0.8
"""Seconds of sound taken per second; a device that keeps running dry takes less, and the answer drags on."""

SILENT_S = 0.3


class Steadiness:
    """Told of every block; the callback that tells may not wait, so nothing is computed there."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[float, float, bool]] = deque()
        self._lock = threading.Lock()

    def note(self, now_s: float, block_s: float, ran_dry: bool) -> None:
        """A block of so many seconds was taken. ran_dry: the device says that it had nothing to play before it."""
        with self._lock:
            self._blocks.append((now_s, block_s, ran_dry))

    def forget(self) -> None:
        with self._lock:
            self._blocks.clear()

    def is_lost(self, now_s: float) -> bool:
        """Whether the last seconds were full of gaps; a stream that has just begun is given time."""
        with self._lock:
            while self._blocks and now_s - self._blocks[0][0] > WINDOW_S:
                self._blocks.popleft()
            blocks = list(self._blocks)
        if not blocks or now_s - blocks[-1][0] > SILENT_S:
            return False  # a device that does not ask at all is gone, and no buffer would help
        gaps = sum(ran_dry for _, _, ran_dry in blocks)
        span_s = now_s - blocks[0][0]
        is_slow = span_s > 0.8 * WINDOW_S and sum(block_s for _, block_s, _ in blocks) < SLOWEST * span_s
        return gaps >= MOST_GAPS or is_slow
