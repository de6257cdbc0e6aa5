"""The stages of a job in order: their progress, and what is said when one fails."""

import contextlib
import errno
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

from voice.jobs.work import JobCancelled, JobFailed, Work
from voice.studio.refused import Refused


class Step:
    """One stage as the code that does it sees it; `start` and `width` are percentages of the whole."""

    def __init__(self, work: Work, start: float, width: float):
        self._work = work
        self._start = start
        self._width = width

    def part(self, number: int, count: int) -> "Step":
        """One of several equal parts of this stage, counted from 0."""
        width = self._width / count
        return Step(self._work, self._start + number * width, width)

    def news(self, name: str, **data: Any) -> None:
        """Something to be told once; see Work.news."""
        self._work.news(name, **data)

    def progress(self, share: float, eta_s: float | None = None) -> None:
        """How much of this stage is done, 0 to 1; ends a job that nobody wants. Raises JobCancelled."""
        self._work.progress(self._start + self._width * min(max(share, 0.0), 1.0), eta_s)

    def check(self) -> None:
        """Raises JobCancelled."""
        self._work.check()

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        """A line for whoever looks at the job; see Work.log."""
        self._work.log(line, level, chinese)

    def point(self, step: int, **values: float) -> None:
        """A point of each named curve, e.g. of losses."""
        self._work.point(step, **values)


class Steps:
    """The stages' names are known from the beginning, because progress counts them."""

    def __init__(self, work: Work, names: Sequence[str]):
        self._work = work
        self._names = names

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Whatever goes wrong inside becomes a JobFailed that names the stage."""
        width = 100 / len(self._names)
        start = self._names.index(name) * 100 / len(self._names)
        self._work.stage(name, start)
        with self.failing_as(name):
            yield Step(self._work, start, width)

    @contextlib.contextmanager
    def failing_as(self, name: str) -> Iterator[None]:
        """The same for what is done before a stage can begin."""
        try:
            yield
        except (JobCancelled, JobFailed):
            raise
        except Refused as refusal:
            raise _failed(name, str(refusal), refusal.chinese) from refusal
        except MemoryError as error:
            raise _failed(name, "There was not enough memory.", "内存不足。") from error
        except OSError as error:
            raise _failed(name, *_about(error)) from error
        except Exception as error:
            for line in traceback.format_exc().splitlines():
                self._work.log(line, "error")
            what = f"{type(error).__name__}: {error}"
            raise _failed(name, f"It ended unexpectedly ({what}).", f"意外终止（{what}）。") from error


def _failed(stage: str, english: str, chinese: str) -> JobFailed:
    # The Chinese prefix is part of the API, whose clients look for it.
    return JobFailed(f"Step {stage} failed: {english}", f"步骤 {stage} 失败: {chinese}")


def _about(error: OSError) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full.", "磁盘空间不足。"
    return f"A file could not be used ({error}).", f"文件无法读写（{error}）。"
