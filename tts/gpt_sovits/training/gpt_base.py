"""The model that a training starts from, read from upstream's file."""

from pathlib import Path

from tts.gpt_sovits.checkpoint import SemanticCheckpoint, read_semantic
from tts.gpt_sovits.refusal import CheckpointRefused
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic


def base_checkpoint(path: Path) -> SemanticCheckpoint:
    """Raises TrainingRefused with a sentence about what the file is instead."""
    try:
        return read_semantic(path)
    except CheckpointRefused as refusal:
        raise TrainingRefused(refusal.english, refusal.chinese) from refusal


def base_model(path: Path, is_as_upstream: bool) -> TextToSemantic:
    """On the CPU, in float32; raises TrainingRefused as base_checkpoint does."""
    checkpoint = base_checkpoint(path)
    model = TextToSemantic(checkpoint.config, is_as_upstream)
    model.load_state_dict({name: tensor.float() for name, tensor in checkpoint.weights.items()})
    return model
