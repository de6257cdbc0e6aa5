"""The step that trains SoVITS: from tokens to the sound of somebody's voice."""

from voice.studio.base_weights import base_weights, discriminators
from voice.studio.steps import Step
from voice.studio.training_configs import SAVE_EVERY_S2, SEED, TEXT_LOW_LR_RATE
from voice.studio.training_half import learn
from voice.studio.training_plan import TrainingPlan


def train_sovits(plan: TrainingPlan, step: Step) -> None:
    """Raises Refused, OSError, JobCancelled."""
    from tts.gpt_sovits.training import sovits_run
    from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths

    generator = base_weights(plan.models_dir, plan.version).sovits
    assert generator  # or the training would not have been accepted
    judges = discriminators(plan.models_dir, plan.version)
    paths = SovitsPaths(plan.experiment, generator, judges, plan.state_s2, plan.exports)
    options = SovitsOptions(
        plan.name,
        epochs=plan.epochs_s2,
        batch_size=plan.batch_size,
        export_epochs=SAVE_EVERY_S2,
        text_rate=TEXT_LOW_LR_RATE,
        seed=SEED,
        devices=plan.devices,
    )
    learn(plan, "sovits", None, step, lambda watcher: sovits_run.train_sovits(paths, options, watcher))
