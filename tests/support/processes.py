"""Looks at other processes (POSIX)."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def is_running(pid: int) -> bool:
    """A zombie that nobody has collected does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], timeout_s: float = 5.0) -> bool:
    """Poll for something that another process does; false when it did not happen in time."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def descendants(pid: int) -> list[int]:
    """What a process has started and what that has started, nearest first."""
    found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True).stdout
    parents = {int(own): int(parent) for own, parent in (line.split() for line in found.splitlines()[1:])}
    below = [pid]
    for parent in below:
        below += [own for own, above in parents.items() if above == parent]
    return below[1:]
