"""All that one run has found, by engine and by what was measured. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome

OURS = "Yinliu"
BY_THREADS = ("decoding",)
"""Measures for which the number of threads matters rather than the version."""


def key(name: str, assignment: Assignment) -> str:
    """For instance `ar1/2` with two threads, `first_audio_s/v2`; what was measured on a GPU ends in `/cuda`."""
    by = str(assignment.threads) if assignment.measure in BY_THREADS else assignment.version
    return f"{name}/{by}" if assignment.device == "cpu" else f"{name}/{by}/{assignment.device}"


@dataclass
class Figures:
    values: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    """How many an engine had on a processor when it spoke."""

    def add(self, engine: str, assignment: Assignment, outcome: Outcome) -> None:
        """A figure that comes more than once is one of several runs."""
        if assignment.measure == "speaking" and assignment.device == "cpu":
            self.threads[engine] = assignment.threads
        for name, values in outcome.values.items():
            self.values.setdefault((engine, key(name, assignment)), []).extend(values)
        for name, reason in outcome.failures.items():
            what = f"{assignment.measure} {assignment.version}" if name == "all" else name
            self.failures.setdefault((engine, key(what, assignment)), reason)

    def of(self, engine: str, what: str) -> list[float]:
        return self.values.get((engine, what), [])

    def middle(self, what: str, engine: str = OURS) -> float | None:
        values = self.of(engine, what)
        return median(values) if values else None


def reasons(figures: Figures, engines: Iterable[str]) -> list[str]:
    """What could not be measured and why, one line for each engine and reason."""
    lines = []
    for engine in engines:
        failed: dict[str, list[str]] = {}
        for (name, what), reason in figures.failures.items():
            if name == engine:
                failed.setdefault(reason, []).append(what)
        lines += [f"{engine}, {', '.join(whats)}: {reason}" for reason, whats in failed.items()]
    return lines
