"""What listens to a training of a half: passes on how it goes, draws its curves for TensorBoard, measures its pace."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from voice.studio.refused import Refused
from voice.studio.steps import Step

CURVES = "tensorboard"
"""In the experiment's folder; `tensorboard --logdir` shows it."""
SKIPPED = 5
"""The first batches, in which libraries choose their kernels."""


class Curves:
    """TensorBoard's files, where the package that writes them is installed."""

    def __init__(self, folder: Path, log: Callable[[str, str, str], None]):
        """log: takes a line, its level and its Chinese."""
        self._writer: Any = None
        if find_spec("tensorboardX") is None:
            log(
                "No files for TensorBoard: tensorboardX is not installed. The curves are in the job's events.",
                "info",
                "未安装 tensorboardX，不写 TensorBoard 文件；曲线可在任务的事件中查看。",
            )
            return
        from tensorboardX import SummaryWriter

        folder.mkdir(parents=True, exist_ok=True)
        self._writer = SummaryWriter(str(folder), flush_secs=10)

    def point(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            if self._writer:
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        if self._writer:
            self._writer.close()


class Follower:
    """A Watcher. listen: takes weights as soon as they are complete."""

    def __init__(self, step: Step, curves: Curves | None = None, listen: Callable[[Path], None] | None = None):
        self._step, self._curves, self._listen = step, curves, listen
        self._batches = 0
        self._first: tuple[float, float] | None = None
        self._newest: tuple[float, float] | None = None
        self._away_s = 0.0

    def progress(self, share: float, eta_s: float | None = None) -> None:
        self._batches += 1
        if self._batches >= SKIPPED:
            self._newest = (share, time.monotonic() - self._away_s)
            self._first = self._first or self._newest
        with self._away():
            self._step.progress(share, eta_s)

    def check(self) -> None:
        with self._away():
            self._step.check()

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        self._step.log(line, level, chinese)

    def point(self, step: int, **values: float) -> None:
        self._step.point(step, **values)
        if self._curves:
            self._curves.point(step, values)

    def exported(self, path: Path) -> None:
        if self._listen:
            with self._away():
                self._listen(path)

    @property
    def whole_s(self) -> float | None:
        """How long all of it takes at the pace that was seen; None where too little was seen."""
        if not self._first or not self._newest or self._newest[0] <= self._first[0]:
            return None
        return (self._newest[1] - self._first[1]) / (self._newest[0] - self._first[0])

    @contextmanager
    def _away(self) -> Iterator[None]:
        """What the training does not do itself; it may also stand back for those who talk to the server."""
        began_s = time.monotonic()
        try:
            yield
        finally:
            self._away_s += time.monotonic() - began_s


@contextmanager
def refusing() -> Iterator[None]:
    """What the trainings refuse becomes what the studio refuses. Raises Refused."""
    from tts.gpt_sovits.training.refused import TrainingRefused

    try:
        yield
    except TrainingRefused as refusal:
        raise Refused(refusal.english, refusal.chinese) from refusal
