"""The benchmark from its command to its table: real processes, no figure asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_one_stream_of_every_server_is_measured_to_the_end():
    command = [
        sys.executable,
        "-m",
        "benchmarks.turn_latency",
        "--streams",
        "1",
        "--turns",
        "2",
        "--tokens-per-s",
        "300",
    ]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=90)
    assert ended.returncode == 0, ended.stderr
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in ended.stdout.splitlines() if line[:1] == "|"]
    assert [row[:3] for row in rows[2:]] == [
        ["1", name, "2"] for name in ("Yinliu", "polled baseline", "relay (floor)")
    ]
    for row in rows[2:]:
        assert float(row[3]) > 0
        assert float(row[4].removeprefix("max ")) >= float(row[3])
    assert "failed" not in ended.stdout + ended.stderr
