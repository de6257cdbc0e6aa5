"""The process in which one job is done, so that whatever happens to it happens to nothing else."""

import ctypes
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping

from voice.jobs.work import JobCancelled, JobFailed, JobFunction, Work

NICENESS = 10
PR_SET_PDEATHSIG = 1
"""Linux: a signal for the end of the parent."""


def run_child(kinds: Mapping[str, JobFunction]) -> None:
    """Read the job from standard input, do it, and say how it ended; the worker speaks on through standard input."""
    _wake_for_the_worker_s_end()
    # A library that prints would otherwise write between our lines.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    work = Work(json.loads(sys.stdin.readline()), answers)
    threading.Thread(target=work.obey, args=(sys.stdin,), daemon=True).start()
    try:
        result = kinds[work.kind](work)
    except JobCancelled:
        work.send("cancelled")
    except JobFailed as failure:
        work.send("failed", error=str(failure), error_zh=failure.chinese)
    except MemoryError:
        work.send("failed", error="There was not enough memory.", error_zh="内存不足。")
    except Exception as error:
        for line in traceback.format_exc().splitlines():
            work.log(line, "error")
        what = f"{type(error).__name__}: {error}"
        work.send("failed", error=f"It ended unexpectedly ({what}).", error_zh=f"意外终止（{what}）。")
    else:
        work.send("completed", result=dict(result or {}))


def _wake_for_the_worker_s_end() -> None:
    """Standard input tells of it, but only a child that is not held where it stands can read and end its group."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGCONT)
