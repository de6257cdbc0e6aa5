"""`start.py test`: pytest in several processes, without the long tests unless all are asked for."""

import os

from launch.environment import run_python
from launch.places import ROOT
from launch.words import say

MOST_PROCESSES = 4
"""Each may come to hold a few gigabytes."""
ALL = ["--all"]


def main(arguments: list[str]) -> int:
    """pytest's status."""
    if arguments not in ([], ALL):  # what somebody picks out runs plainly, in one process
        return _pytest(arguments)
    # Most tests wait for something.
    processes = str(min(MOST_PROCESSES, 1 + (os.cpu_count() or 1)))
    spread = ["-n", processes, "--dist", "loadfile"]
    if arguments == ALL:
        say("Running all tests (10 to 20 minutes) ...", "正在运行全部测试（10 到 20 分钟）……")
        return _pytest(spread)
    say(
        "Running the tests (5 to 10 minutes; with --all the long ones, too) ...",
        "正在运行测试（5 到 10 分钟；加 --all 时也运行耗时的测试）……",
    )
    return _pytest([*spread, "-m", "not long"])


def _pytest(arguments: list[str]) -> int:
    return run_python(["-m", "pytest", *arguments], directory=ROOT)
