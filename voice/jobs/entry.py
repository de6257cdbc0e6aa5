"""The command line behind which workers and their children live; whoever calls it brings the kinds of jobs."""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from voice.jobs.child import run_child
from voice.jobs.work import JobFunction
from voice.jobs.worker import CANCEL_GRACE_S, run_worker


def run(kinds: Mapping[str, JobFunction], module: str, arguments: Sequence[str]) -> int:
    """`worker --jobs FILE --device D`, or `job` for the child that it starts with `python -m module`.

    Both follow standard input and end with it. A second worker of a device needs a name of its own.
    """
    parser = argparse.ArgumentParser(prog=module)
    parts = parser.add_subparsers(dest="part", required=True)
    worker = parts.add_parser("worker")
    worker.add_argument("--jobs", type=Path, required=True)
    worker.add_argument("--device", required=True)
    worker.add_argument("--cancel-grace-s", type=float, default=CANCEL_GRACE_S)
    worker.add_argument("--name", default="", help="the device, if not given")
    worker.add_argument("--kinds", type=_names, default=None, help="the only kinds of jobs that it takes")
    worker.add_argument("--except-kinds", type=_names, default=(), help="kinds that it leaves to others")
    worker.add_argument("--idle-s", type=float, default=0.0, help="ends after so long without work; 0: never")
    parts.add_parser("job")
    flags = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the server decides what ends
    if flags.part == "job":
        run_child(kinds)
        return 0
    child = [sys.executable, "-m", module, "job"]
    taken = [kind for kind in kinds if kind in (flags.kinds or kinds) and kind not in flags.except_kinds]
    return run_worker(flags.jobs, flags.device, taken, child, sys.stdin, flags.cancel_grace_s, flags.name, flags.idle_s)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)
