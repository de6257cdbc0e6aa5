"""What the studio's programs print: bars and tables on a terminal, plain lines and columns anywhere else."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from clients.cli.studio_words import STAGES, duration, megabytes, named
from clients.text_words import one_line
from launch.words import words

STEP_PERCENT = 10


class Progress(Protocol):
    """How far a job is, for somebody who watches."""

    def move(self, stage: str | None, percent: float, eta_s: float | None, note: str) -> None:
        """note: more about it, e.g. losses."""
        ...

    def say(self, line: str) -> None: ...


def say(text: str = "") -> None:
    """A line; what a server sent shall not drive the terminal."""
    print(one_line(text), flush=True)


def complain(text: str) -> None:
    for line in text.splitlines():
        print(one_line(line), file=sys.stderr, flush=True)


def table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """On a terminal a table, in a file columns between tabs."""
    texts = [[one_line(str(cell)) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in [titles, *texts]:
            print(*row, sep="\t")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        shown.add_column(title)
    for row in texts:
        shown.add_row(*map(Text, row))
    Console(highlight=False).print(shown)


@contextmanager
def transfer(total: int) -> Iterator[Callable[[str, int], None]]:
    """A bar for bytes; the function takes what is being sent, and how many bytes of all are there."""
    if not sys.stdout.isatty():
        yield lambda *_: None
        return
    from rich import progress as rich

    columns = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.TextColumn("{task.fields[moved]}", markup=False),  # its own column counts in other units than we do
        rich.TransferSpeedColumn(),
        rich.TimeRemainingColumn(),
    )
    with rich.Progress(*columns) as bar:
        task = bar.add_task("", total=total, moved="")

        def show(name: str, done: int) -> None:
            moved = f"{megabytes(done)} / {megabytes(total)}"
            bar.update(task, description=one_line(name), completed=done, moved=moved)

        yield show


@contextmanager
def watching() -> Iterator[Progress]:
    """A bar for a job on a terminal, else a line whenever something has changed."""
    if not sys.stdout.isatty():
        yield Lines()
        return
    from rich import progress as rich

    columns = (rich.TextColumn("{task.description}", markup=False), rich.BarColumn(), rich.TaskProgressColumn())
    with rich.Progress(*columns, rich.TextColumn("{task.fields[more]}", markup=False)) as bar:
        yield Bar(bar)


class Lines:
    """A line per stage, and per STEP_PERCENT of it."""

    def __init__(self) -> None:
        self._told: tuple[str | None, int] = (None, -1)

    def move(self, stage: str | None, percent: float, eta_s: float | None, note: str) -> None:
        now = (stage, int(percent // STEP_PERCENT))
        if stage and now != self._told:
            self._told = now
            say(f"{percent:3.0f} %  {words(*named(STAGES, stage))}  {more(eta_s, note)}".rstrip())

    def say(self, line: str) -> None:
        say(f"  {line}")


class Bar:
    """One line that is written again and again, with what is said above it."""

    def __init__(self, bar: Any):
        self._bar = bar
        self._task = bar.add_task(words("waiting", "等待中"), total=100, more="")

    def move(self, stage: str | None, percent: float, eta_s: float | None, note: str) -> None:
        name = words(*named(STAGES, stage)) if stage else words("waiting", "等待中")
        self._bar.update(self._task, description=one_line(name), completed=percent, more=one_line(more(eta_s, note)))

    def say(self, line: str) -> None:
        self._bar.console.print(one_line(line), markup=False, highlight=False, style="dim")


def more(eta_s: float | None, note: str) -> str:
    """What stands behind the bar."""
    left = words("{} left", "还需 {}").format(words(*duration(eta_s))) if eta_s else ""
    return "  ".join(filter(None, (left, note)))
