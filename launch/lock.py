"""One at a time, across processes: a lock that the system drops when its holder ends, however it ends."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def exclusive(path: Path, on_wait: Callable[[], None], poll_s: float = 0.2) -> Iterator[int]:
    """Hold the lock file, waiting as long as it takes; on_wait is called once when it is held by another.

    Yields a descriptor: a child that inherits it keeps the lock even if this process is killed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        if not _try_lock(file):
            on_wait()
            while not _try_lock(file):
                time.sleep(poll_s)
        yield file.fileno()
