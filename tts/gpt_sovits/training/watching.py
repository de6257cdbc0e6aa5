"""Whom a training tells how it goes, and who may end it."""

from pathlib import Path
from typing import Protocol


class Watcher(Protocol):
    """A stage of a job, as a training sees it; any of its functions may raise to end the training."""

    def progress(self, share: float, eta_s: float | None = None) -> None:
        """How much is done, 0 to 1, and how long the rest will take."""
        ...

    def check(self) -> None:
        """Called before every step."""
        ...

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        """A line for the person who waits for the voice. chinese: the same for Chinese readers."""
        ...

    def point(self, step: int, **values: float) -> None:
        """A point of each named curve."""
        ...

    def exported(self, path: Path) -> None:
        """These weights are complete, and can be listened to; the training waits meanwhile."""
        ...
