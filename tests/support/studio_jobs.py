"""The command line of a worker whose studio hears with a stand-in, slowly enough to be killed in the middle."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from asr.recognizer import Heard
from voice.jobs.entry import run
from voice.jobs.work import Work
from voice.studio.process import process


class NotingRecognizer:
    """Writes a line for each clip that it hears, and says how many samples that had."""

    name = "stand-in"

    def __init__(self, file: Path, rest_s: float):
        self._file = file
        self._rest_s = rest_s

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        time.sleep(self._rest_s)
        with self._file.open("a") as out:
            out.write(f"{len(samples)}\n")
        return Heard(f"一共 {len(samples)} 个", "zh")

    def close(self) -> None:
        pass


def process_with_stand_in(work: Work) -> Mapping[str, Any]:
    recognizer = NotingRecognizer(Path(work.parameters["heard"]), work.parameters["rest_s"])
    with patch("asr.choose.choose", lambda *_, **__: (recognizer, ("a stand-in", "替身"))):
        return process(work)


if __name__ == "__main__":
    sys.exit(run({"process": process_with_stand_in}, "tests.support.studio_jobs", sys.argv[1:]))
