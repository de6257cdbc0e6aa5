"""The command line of a worker whose tasks hear with a stand-in; files beside the recordings say what goes wrong."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from asr.recognizer import Heard
from voice.jobs.entry import run
from voice.jobs.work import Work
from voice.studio.steps import Step
from voice.tasks.run import run_task
from voice.tasks.training import TrainingTask
from voice.tasks.types import BY_KIND


class Listener:
    """Says how many samples a clip has."""

    name = "stand-in"

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        return Heard(f"一共 {len(samples)} 个", language or "zh")

    def close(self) -> None:
        pass


@contextmanager
def hearing():
    with patch("asr.choose.choose", lambda *_, **__: (Listener(), ("a stand-in", "替身"))):
        yield


def trained(task: TrainingTask, step: Step) -> None:
    """Writes down what it was asked for."""
    for share in range(3):
        step.progress(share / 3)
    task.experiment.mkdir(parents=True, exist_ok=True)
    (task.experiment / f"{type(task.request).__name__}.json").write_text(task.request.model_dump_json())


def run_task_with_stand_ins(work: Work) -> Mapping[str, Any] | None:
    """Every stage works, but for files in the data root that say what goes wrong while a folder is denoised.

    `break`: it raises. `die`: its process ends. `wait`: it goes on when the file has gone. `untrained`: nothing trains.
    """
    data_dir = Path(work.parameters["data_dir"])
    steps = {"format": trained, "sovitsTrain": trained, "gptTrain": trained}
    table = {} if (data_dir / "untrained").exists() else steps

    def denoise(*arguments: Any, **more: Any) -> Any:
        if (data_dir / "break").exists():
            raise ZeroDivisionError("by nothing")
        if (data_dir / "die").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        while (data_dir / "wait").exists():
            work.check()
            time.sleep(0.02)
        return clean_files(*arguments, **more)

    from voice.tasks.sound import clean_files

    with hearing(), patch("voice.tasks.training.STEPS", table), patch("voice.tasks.sound.clean_files", denoise):
        return run_task(work)


if __name__ == "__main__":
    sys.exit(run(dict.fromkeys(BY_KIND, run_task_with_stand_ins), "tests.support.task_jobs", sys.argv[1:]))
