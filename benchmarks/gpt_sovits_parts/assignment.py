"""What a process of the benchmark is to measure, and what it has found. Standard library only: rivals run it, too."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from benchmarks.processes import end_with_parent

Version = Literal["v2", "v2ProPlus"]


@dataclass(frozen=True)
class Assignment:
    """measure: which of the program's measures. runs: how often each. folder: the engine's own files, prepared before.

    clips: reference clips, the first of which is known to the engine when others are new to it.
    """

    measure: str
    version: Version
    weights: str
    folder: str
    clips: tuple[str, ...]
    runs: int
    threads: int = 1
    device: Literal["cpu", "cuda"] = "cpu"


@dataclass
class Outcome:
    """Figures of each run by name; what could not be measured, by the same names, and why."""

    values: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file: Path | None = None
        """Where it is written to after every measure, so that a program which is stopped has not worked for nothing."""

    def take(self, name: str, measure: Callable[[], Iterable[float]]) -> None:
        """Measure; one that fails does not end the others."""
        try:
            self.values[name] = [float(value) for value in measure()]
        except Exception as error:
            self.failures[name] = sentence_of(error)
        self.save()

    def save(self) -> None:
        if self.file:
            part = self.file.with_suffix(".part")
            part.write_text(json.dumps(asdict(self)), encoding="utf-8")
            part.replace(self.file)


def sentence_of(error: BaseException) -> str:
    """In one line, for the table's notes."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}"[:200] if words else type(error).__name__


def run_program(measures: dict[str, Callable[[Assignment, Outcome], None]]) -> None:
    """The main function of a measuring program: reads the assignment in its first argument, writes to its second.

    It ends when the program that has started it does.
    """
    end_with_parent()
    content = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    assignment = Assignment(**(content | {"clips": tuple(content["clips"])}))
    outcome = Outcome()
    outcome.file = Path(sys.argv[2])
    try:
        measures[assignment.measure](assignment, outcome)
    except Exception as error:
        outcome.failures["all"] = sentence_of(error)
    outcome.save()
    sys.stdout.flush()
    os._exit(0)  # threads of engines that cannot be told to end hold nobody up


def peak_mb() -> float:
    """The most memory of this process that was resident at once, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:"))
