"""Workers, near and far, that know two jobs: one that does nothing, and one that lasts."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from voice.broker.worker_entry import main
from voice.jobs.entry import run
from voice.jobs.work import JobFunction, Work

MODULE = "benchmarks.empty_jobs"


def nothing(_: Work) -> None:
    """What remains is the price of the queue and of a process."""


def lasting(work: Work) -> None:
    """Writes the time of its beginning, and goes on until its worker ends or it is cancelled."""
    with Path(work.parameters["file"]).open("a") as out:
        out.write(f"{time.time()}\n")
    while work.attempt == 1:
        time.sleep(0.05)
        work.check()


KINDS: Mapping[str, JobFunction] = {"nothing": nothing, "lasting": lasting}

if __name__ == "__main__":
    is_near = "--jobs" in sys.argv or sys.argv[1:] == ["job"]
    sys.exit((run if is_near else main)(KINDS, MODULE, sys.argv[1:]))
