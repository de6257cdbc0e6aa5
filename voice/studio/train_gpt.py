"""The step that trains GPT: from text to tokens, in somebody's manner of speaking."""

import shutil
from pathlib import Path

from voice.studio.base_weights import base_weights
from voice.studio.models import newest_sovits
from voice.studio.steps import Step
from voice.studio.training_configs import SAVE_EVERY_S1, SEED
from voice.studio.training_half import learn
from voice.studio.training_names import SOVITS
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_report import read_report


def train_gpt(plan: TrainingPlan, step: Step) -> None:
    """Raises Refused, OSError, JobCancelled."""
    from tts.gpt_sovits.training import gpt_run
    from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths

    base = base_weights(plan.models_dir, plan.version).gpt
    assert base  # or the training would not have been accepted
    # Gigabytes that nobody goes on from: the half before this one is complete.
    shutil.rmtree(plan.state_s2, ignore_errors=True)
    paths = GptPaths(plan.experiment, base, plan.state_s1, plan.exports)
    options = GptOptions(
        plan.name,
        epochs=plan.epochs_s1,
        batch_size=plan.batch_size,
        export_epochs=SAVE_EVERY_S1,
        seed=SEED,
        devices=plan.devices,
    )
    learn(plan, "gpt", sovits_of(plan), step, lambda watcher: gpt_run.train_gpt(paths, options, watcher))


def sovits_of(plan: TrainingPlan) -> Path | None:
    """What the step before has left: the picked epoch, or the last."""
    picked = (read_report(plan.folder).get(SOVITS) or {}).get("picked") or {}
    file = plan.exports / str(picked.get("weights"))
    return file if file.is_file() else newest_sovits(plan.exports, plan.name)
