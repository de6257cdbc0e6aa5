"""The command line of a worker for a server on another machine: `python -m voice.broker.worker_entry --help`."""

import signal
import sys
from collections.abc import Mapping, Sequence

from voice.broker.carrying import carrying
from voice.jobs.child import run_child
from voice.jobs.work import JobFunction


def main(kinds: Mapping[str, JobFunction], module: str, arguments: Sequence[str]) -> int:
    """Be the worker, or with `job` the child that it starts with `python -m module`."""
    if list(arguments) == ["job"]:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the worker decides what ends
        run_child(carrying(kinds))
        return 0
    from voice.broker.worker_program import work  # here, so that children need not load what speaks with a broker

    return work(kinds, module, arguments)


if __name__ == "__main__":
    from voice.work import KINDS

    sys.exit(main(KINDS, "voice.broker.worker_entry", sys.argv[1:]))
