"""The steps that train a voice, as tasks ask for them: one table, from a stage's name to what does it."""

from collections.abc import Callable, Mapping

from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.tasks.stages import FORMAT, GPT, SOVITS
from voice.tasks.task import TrainingTask
from voice.tasks.train_steps import format_clips, train_gpt, train_sovits

TrainingStep = Callable[[TrainingTask, Step], None]
"""Raises Refused with a sentence where it cannot be done."""

STEPS: Mapping[str, TrainingStep] = {FORMAT: format_clips, SOVITS: train_sovits, GPT: train_gpt}
"""By stage."""


def train(stage: str, task: TrainingTask, step: Step) -> None:
    """Raises Refused, also for a step that this version does not have."""
    if stage not in STEPS:
        raise Refused(
            "This version cannot train voices yet: slicing, denoising and transcribing work.",
            "本版本还不能训练声音；切分、降噪和转写可用。",
        )
    STEPS[stage](task, step)
