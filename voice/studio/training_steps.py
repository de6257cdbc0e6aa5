"""The steps of a training: their names, and the functions that carry them out."""

from collections.abc import Callable, Mapping

from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.train_features import (
    extract_audio_features,
    extract_semantic_features,
    extract_speaker_vectors,
    extract_text_features,
)
from voice.studio.train_gpt import train_gpt
from voice.studio.train_sovits import train_sovits
from voice.studio.training_names import AUDIO, GPT, SEMANTIC, SOVITS, SPEAKER, STEPS, TEXT
from voice.studio.training_plan import TrainingPlan

StepFunction = Callable[[TrainingPlan, Step], None]
"""Does one step. It uses what an earlier attempt has left, tells the step how far it is, and raises Refused with a
sentence for the person who waits for the voice. Heavy packages are imported inside."""

FUNCTIONS: Mapping[str, StepFunction] = {
    TEXT: extract_text_features,
    AUDIO: extract_audio_features,
    SPEAKER: extract_speaker_vectors,
    SEMANTIC: extract_semantic_features,
    SOVITS: train_sovits,
    GPT: train_gpt,
}
"""By the names in STEPS. A step that is not here keeps trainings from being accepted."""


def require_steps(functions: Mapping[str, StepFunction]) -> None:
    """Raises Refused as long as a step has no function."""
    missing = [name for name in STEPS if name not in functions]
    if missing:
        names = ", ".join(missing)
        raise Refused(
            f"This version cannot train voices yet: it lacks {names}. Nothing is wrong with the recordings.",
            f"本版本还不能训练声音（缺少 {names}）；录音和片段没有问题。",
        )
