"""The worker's command line, which knows every kind of job: `python -m voice.work worker --jobs FILE --device cpu`."""

import sys
from collections.abc import Mapping
from typing import Any

from voice.jobs.entry import run
from voice.jobs.work import JobFunction, Work
from voice.studio.inference import KIND as INFER
from voice.studio.processing import KIND as PROCESS_AUDIO
from voice.studio.training import KIND as TRAIN
from voice.tasks.types import BY_KIND as TASKS


def _process_audio(work: Work) -> Mapping[str, Any] | None:
    from voice.studio.process import process  # here, so that waiting for work needs neither numpy nor a recogniser

    return process(work)


def _train(work: Work) -> Mapping[str, Any] | None:
    from voice.studio.train import train

    return train(work)


def _infer(work: Work) -> Mapping[str, Any] | None:
    from voice.studio.infer import infer

    return infer(work)


def _task(work: Work) -> Mapping[str, Any] | None:
    from voice.tasks.run import run_task

    return run_task(work)


KINDS: Mapping[str, JobFunction] = {
    PROCESS_AUDIO: _process_audio,
    TRAIN: _train,
    INFER: _infer,
    **dict.fromkeys(TASKS, _task),
}

if __name__ == "__main__":
    sys.exit(run(KINDS, "voice.work", sys.argv[1:]))
