"""One worker per device: a lock that lasts as long as the worker and the job it has started."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

POLL_S = 0.05


class Alone:
    """Held until the process ends, and by every child that inherits `descriptor`.

    So a successor begins when the last process of its predecessor is gone, and never works beside it.
    """

    def __init__(self, file: Path):
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(file, "a+b")  # noqa: SIM115 - it stays open as long as the process

    @property
    def descriptor(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        """Give it up before the process ends."""
        self._file.close()

    def acquire(self, timeout_s: float, is_wanted: Callable[[], bool]) -> bool:
        """Whether nobody else holds it, after waiting for them to end as long as it is wanted."""
        deadline_s = time.monotonic() + timeout_s
        while not _lock(self._file):
            if time.monotonic() >= deadline_s or not is_wanted():
                return False
            time.sleep(POLL_S)
        if sys.platform != "win32":
            os.set_inheritable(self.descriptor, True)
        return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
