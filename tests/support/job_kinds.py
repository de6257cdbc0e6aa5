"""Jobs that do what a test asks, and the command line of a worker that knows them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voice.jobs.entry import run
from voice.jobs.work import JobFailed, Work


def count(work: Work) -> Mapping[str, Any]:
    """Counts to `steps`, goes on where an earlier attempt was cut off, and writes each number into `file`."""
    file = Path(work.parameters["file"])
    done = len(file.read_text().split()) if file.exists() else 0
    steps = work.parameters.get("steps", 5)
    for number in range(done, steps):
        work.stage(f"step{number}", 100 * number / steps)
        with file.open("a") as out:
            out.write(f"{number}\n")
        work.point(number, loss=1 / (number + 1))
        time.sleep(work.parameters.get("step_s", 0.01))
    print("printed by a library")
    return {"steps": steps, "attempt": work.attempt, "from": done}


def fail(work: Work) -> None:
    raise JobFailed("There is nothing to do.", "没有事可做。")


def break_down(work: Work) -> None:
    raise ZeroDivisionError("by nothing")


def crash(work: Work) -> None:
    """Dies like a native library; the second attempt survives if it may."""
    if work.attempt == 1 or not work.parameters.get("once"):
        os.kill(os.getpid(), signal.SIGSEGV)


def stubborn(work: Work) -> None:
    """Never looks whether it is still wanted, and has a child that would outlive it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    Path(work.parameters["file"]).write_text(f"{os.getpid()} {child.pid}")
    work.log("started a program")
    time.sleep(300)


def leave_behind(work: Work) -> None:
    """Ends, but what it has started would not."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
    Path(work.parameters["file"]).write_text(str(child.pid))


KINDS = {
    "count": count,
    "fail": fail,
    "break_down": break_down,
    "crash": crash,
    "stubborn": stubborn,
    "leave_behind": leave_behind,
}

if __name__ == "__main__":
    sys.exit(run(KINDS, "tests.support.job_kinds", sys.argv[1:]))
