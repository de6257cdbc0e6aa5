"""The job that trains a character's voice: its steps in order, and the weights in their place at the end."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from voice.jobs.work import Work
from voice.studio.models import TrainedModels, models_in, newest_in, newest_models, pick
from voice.studio.refused import Refused
from voice.studio.steps import Steps
from voice.studio.training_advice import advice
from voice.studio.training_configs import write_configs
from voice.studio.training_names import GPT, SOVITS, STEPS
from voice.studio.training_plan import TrainingPlan, devices_for, plan_of
from voice.studio.training_record import TrainingRecord, begin, moving, published, step_done
from voice.studio.training_report import outcome
from voice.studio.training_steps import FUNCTIONS, StepFunction
from voice.studio.usable_devices import usable_devices


def train(work: Work, functions: Mapping[str, StepFunction] = FUNCTIONS) -> Mapping[str, Any]:
    """Raises JobFailed, JobCancelled.

    Whatever an earlier attempt at the same training has finished is not done again, whether that was cut off,
    cancelled or failed.
    """
    steps = Steps(work, STEPS)
    with steps.failing_as(STEPS[0]):
        plan, record = _begin(work)
    models = None
    for name in STEPS:
        with steps.step(name) as step:
            if name not in record.done:
                functions[name](plan, step)
                record = step_done(plan.folder, record, name)
            if name == STEPS[-1]:
                models = _publish(plan, record)
    assert models
    made = {"gpt": models.gpt.name, "sovits": models.sovits.name, "version": plan.version, "clips": len(plan.clips)}
    return {**made, **outcome(plan.folder)}


def _begin(work: Work) -> tuple[TrainingPlan, TrainingRecord]:
    plan = plan_of(work.parameters, usable_devices(devices_for(work.parameters["gpu_id"], work.device), work.log))
    if not plan.clips:
        raise Refused("The clips are gone; process the recordings again.", "片段已不存在，请重新处理音频。")
    record = begin(plan.folder, plan.key)
    plan = replace(plan, is_resumed=bool(record.done) or any(plan.experiment.glob("logs_s[12]_*/*")))
    if plan.is_resumed:
        done, count = len(record.done), len(STEPS)
        work.log(
            f"This training goes on where it was left: {done} of {count} steps are done.",
            chinese=f"本次训练从上次中断处继续：{count} 个步骤已完成 {done} 个。",
        )
    for place in (plan.folder.models, plan.exports, plan.state_s2, plan.state_s1):
        place.mkdir(exist_ok=True)
    write_configs(plan)
    for english, chinese in advice(_lengths(plan), plan.epochs_s2, plan.epochs_s1):
        work.log(english, "warning", chinese)
    return plan, record


def _lengths(plan: TrainingPlan) -> list[float]:
    """Seconds of each clip, as far as its header tells."""
    import soundfile

    lengths = []
    for clip in plan.clips:
        with suppress(soundfile.SoundFileError, OSError):
            lengths.append(soundfile.info(clip.path).duration)
    return lengths


def _publish(plan: TrainingPlan, record: TrainingRecord) -> TrainedModels:
    """Move the weights to the character's models, in the place of an earlier voice; may be cut off and done again."""
    if not record.made:
        if not newest_in(plan.exports, plan.name):
            raise Refused("The training has left no weights.", "训练没有产生模型文件。")
        record = moving(plan.folder, record, [file.name for file in models_in(plan.exports, plan.name)])
    for name in record.made:
        if (plan.exports / name).exists():
            os.replace(plan.exports / name, plan.folder.models / name)
    for file in models_in(plan.folder.models, plan.name):
        if file.name not in record.made:
            file.unlink(missing_ok=True)
    pick(plan.folder.models, _picked(plan))
    models = newest_models(plan.folder)
    if not models:
        raise Refused("The training's weights are gone; train again.", "训练得到的模型文件已丢失，请重新训练。")
    published(plan.folder, record)
    return models


def _picked(plan: TrainingPlan) -> dict[str, int]:
    """Of each half for which there was something to pick by."""
    found = outcome(plan.folder)["picked"]
    return {half: found[step]["epoch"] for half, step in (("sovits", SOVITS), ("gpt", GPT)) if step in found}
