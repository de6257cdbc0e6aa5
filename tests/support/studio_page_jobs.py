"""The worker behind a studio page under test: stand-ins that hear and train, and a hum in the place of a voice."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from tests.support.studio_work import wav_bytes
from tests.support.training_jobs import FUNCTIONS, process_here
from voice.jobs.entry import run
from voice.jobs.work import JobFailed, Work
from voice.studio.folders import replacing
from voice.studio.infer import output_of
from voice.studio.inference import KIND as INFER
from voice.studio.process import process
from voice.studio.processing import KIND as PROCESS
from voice.studio.steps import Step
from voice.studio.train import train
from voice.studio.training import KIND as TRAIN
from voice.studio.training_names import GPT, SOVITS
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_report import note
from voice.studio.training_samples import FOLDER, LIST, HalfName, Sample, read_samples
from voice.studio.training_steps import StepFunction

RATE_HZ = 32_000
UNSPEAKABLE = "[unspeakable]"


def hum(work: Work) -> Mapping[str, Any]:
    """A second of sound; a text with UNSPEAKABLE in it fails."""
    work.stage("synthesize", 0)
    time.sleep(float(os.environ.get("TEST_STEP_S", "0")))
    if UNSPEAKABLE in work.parameters["text"]:
        raise JobFailed("There is nothing to say.", "没有可以读的内容。")
    samples = 0.2 * np.sin(2 * np.pi * 220 * np.arange(RATE_HZ) / RATE_HZ)
    with replacing(output_of(work.parameters), "wb") as out:
        out.write(wav_bytes(samples.astype(np.float32), RATE_HZ))
    return {"seconds": 1.0}


def with_samples(function: StepFunction, name: str, half: HalfName, epochs: tuple[int, ...]) -> StepFunction:
    """Afterwards there are weights and a hum for each of these epochs, of which the first is picked."""

    def learn(plan: TrainingPlan, step: Step) -> None:
        function(plan, step)
        heard = [{"epoch": epoch, "errors": number / 10, "text": "..."} for number, epoch in enumerate(epochs)]
        note(plan.folder, name, epochs=epochs[-1], picked={"epoch": epochs[0], "weights": "", "heard": heard})
        for number, epoch in enumerate(epochs, 1):
            weights = f"{plan.name}_e{epoch}_s{3 * epoch}.pth" if half == "sovits" else f"{plan.name}-e{epoch}.ckpt"
            (plan.exports / weights).write_bytes(half.encode())
            _hum_sample(plan, step, Sample(half, epoch, weights, f"{half}-e{epoch}.wav", "你好。", "zh", number))

    return learn


def _hum_sample(plan: TrainingPlan, step: Step, sample: Sample) -> None:
    place = plan.experiment / FOLDER
    place.mkdir(exist_ok=True)
    samples = 0.2 * np.sin(2 * np.pi * 180 * np.arange(int(sample.seconds * RATE_HZ)) / RATE_HZ)
    (place / sample.file).write_bytes(wav_bytes(samples.astype(np.float32), RATE_HZ))
    told = [asdict(one) for one in (*read_samples(plan.experiment), sample)]
    (place / LIST).write_text(json.dumps(told), encoding="utf-8")
    step.news(f"sample {sample.file}", sample=sample.file, half=sample.half, epoch=sample.epoch)


def train_here(work: Work) -> Mapping[str, Any]:
    spoken = {
        SOVITS: with_samples(FUNCTIONS[SOVITS], SOVITS, "sovits", (4, 8)),
        GPT: with_samples(FUNCTIONS[GPT], GPT, "gpt", (5, 10, 15)),
    }
    return train(work, {**FUNCTIONS, **spoken})


KINDS = {PROCESS: process if os.environ.get("TEST_REAL_EARS") else process_here, TRAIN: train_here, INFER: hum}

if __name__ == "__main__":
    sys.exit(run(KINDS, "tests.support.studio_page_jobs", sys.argv[1:]))
