"""A training's watcher: a bar on the terminal, curves on the disk, and an end after so many minutes."""

import json
import sys
import time
from pathlib import Path

WIDTH = 24


class TimeIsUp(Exception):
    """The minutes of a training are over."""


class Curves:
    """Points in the order in which they came, a line each; a run that is resumed goes on behind them."""

    def __init__(self, file: Path):
        self.file = file

    def add(self, stage: str, step: int, values: dict[str, float]) -> None:
        with self.file.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps({"stage": stage, "step": step, **values}) + "\n")

    def of(self, stage: str) -> dict[int, dict[str, float]]:
        """By step; of a step that was taken twice, the later."""
        found: dict[int, dict[str, float]] = {}
        if not self.file.exists():
            return found
        for line in self.file.read_text("utf-8").splitlines():
            point = json.loads(line)
            if point.pop("stage") == stage:
                found[point.pop("step")] = point
        return dict(sorted(found.items()))

    def used_s(self, stage: str) -> float:
        """How long a stage has learnt so far, earlier attempts included."""
        return max((point.get("s", 0.0) for point in self.of(stage).values()), default=0.0)


class Watch:
    """title: before the bar. seconds: None for no end."""

    def __init__(self, title: str, stage: str, curves: Curves, seconds: float | None = None):
        self._title, self._stage, self._curves = title, stage, curves
        self._began_s, self._seconds = time.monotonic() - curves.used_s(stage), seconds
        self._shown_s = 0.0

    def without_end(self) -> "Watch":
        return Watch(self._title, self._stage, self._curves)

    def progress(self, share: float, eta_s: float | None = None) -> None:
        """Of all epochs, or of the minutes, whichever is further."""
        used_s = time.monotonic() - self._began_s
        if self._seconds:
            share = max(share, min(used_s / self._seconds, 1.0))
        if share < 1 and time.monotonic() - self._shown_s < 0.2:
            return
        self._shown_s = time.monotonic()
        bar = "#" * round(WIDTH * share)
        end = "\n" if share >= 1 else ""
        print(
            f"\r{self._title:<28} [{bar:<{WIDTH}}] {share:4.0%} {used_s:5.0f} s", end=end, file=sys.stderr, flush=True
        )

    def check(self) -> None:
        """Raises TimeIsUp."""
        if self._seconds is not None and time.monotonic() - self._began_s > self._seconds:
            print(file=sys.stderr)
            raise TimeIsUp

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        if level != "info":
            print(f"\n{line}", file=sys.stderr)

    def point(self, step: int, **values: float) -> None:
        self._curves.add(self._stage, step, {**values, "s": round(time.monotonic() - self._began_s, 1)})

    def exported(self, path: Path) -> None:
        pass
