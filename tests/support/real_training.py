"""The command line of a worker that does everything as it is shipped, but hears with a stand-in: no recogniser of
words can be part of a test that nothing is downloaded for."""

import sys
from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

import numpy as np

from asr.recognizer import Heard
from voice.jobs.entry import run
from voice.jobs.work import Work
from voice.work import KINDS

SAID = "Ask not what your country can do for you, ask what you can do for it."


class OneSentence:
    """What is said in every clip of these tests."""

    name = "stand-in"

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        return Heard(SAID, "en")

    def close(self) -> None:
        pass


def with_one_sentence(work: Work) -> Mapping[str, Any] | None:
    with patch("asr.choose.choose", lambda *_, **__: (OneSentence(), ("a stand-in", "替身"))):
        return KINDS[work.kind](work)


if __name__ == "__main__":
    sys.exit(run(dict.fromkeys(KINDS, with_one_sentence), "tests.support.real_training", sys.argv[1:]))
