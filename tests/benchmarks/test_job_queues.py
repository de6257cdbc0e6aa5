"""The benchmark of job queues measures what it says, on the queue that needs nothing installed."""

import argparse
import asyncio
import sys
from pathlib import Path

import pytest

from benchmarks.job_queues import HEAD, measure
from benchmarks.report import table

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")]


def test_the_embedded_queue_is_measured(tmp_path: Path):
    flags = argparse.Namespace(jobs=3, workers=1, broker="", lease_s=5.0)
    ((workers, queue, jobs, handed_in, done, again_s),) = rows = asyncio.run(measure(tmp_path, flags))
    assert (workers, queue, jobs) == ("1", "embedded", "3")
    assert float(handed_in) > float(done) > 0
    assert 0 < float(again_s) < 60
    assert table(HEAD, rows).count("\n") == 2
