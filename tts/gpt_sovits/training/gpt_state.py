"""Everything that a training of the semantic model goes on from: how far it is, and what it has learnt."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tts.gpt_sovits.training.gpt_clips import GptClip
from tts.gpt_sovits.training.gpt_options import GptOptions
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.scaled_adam import ScaledAdam


@dataclass(frozen=True)
class Place:
    """How far a training is. epoch: how many are over. batch: how many of the next epoch are."""

    epoch: int = 0
    batch: int = 0
    steps: int = 0
    """Batches in all, those of an epoch that was begun twice counted twice."""
    updates: int = 0
    rate: float = 1.0
    """Share of the learning rate, which is less after numbers were none any more."""


@dataclass(frozen=True)
class Origin:
    """What a checkpoint belongs to, and what its place within an epoch refers to."""

    training: Mapping[str, Any]
    order: Mapping[str, Any]


def origin_of(base: Path, clips: Sequence[GptClip], options: GptOptions, batch_size: int) -> Origin:
    """Reads the base model's file once."""
    heard = hashlib.sha256()
    for clip in clips:
        heard.update(repr((clip.name, clip.phones, clip.tokens, clip.bert is not None)).encode())
    training = {
        "base": hashlib.sha256(base.read_bytes()).hexdigest(),
        "clips": heard.hexdigest(),
        "is_as_upstream": options.is_as_upstream,
    }
    return Origin(training, {"batch_size": batch_size, "devices": len(options.devices), "seed": options.seed})


def saved(
    model: nn.Module, optimiser: ScaledAdam, scaler: torch.amp.GradScaler, place: Place, origin: Origin
) -> dict[str, Any]:
    """As a RunFolder takes it. Gradients that have changed nothing yet are part of it."""
    gradients = {name: each.grad for name, each in model.named_parameters() if each.grad is not None}
    return {
        "model": model.state_dict(),
        "optimiser": optimiser.state_dict(),
        "scaler": scaler.state_dict(),
        "gradients": gradients,
        "place": asdict(place),
        "training": dict(origin.training),
        "order": dict(origin.order),
    }


def restored(
    content: Mapping[str, Any],
    model: nn.Module,
    optimiser: ScaledAdam,
    scaler: torch.amp.GradScaler,
    origin: Origin,
    run: Path,
) -> Place:
    """Put back what `saved` gave; raises TrainingRefused where that is of another training.

    With another order of sentences, the epoch that had begun begins again.
    """
    if content.get("training") != origin.training:
        raise TrainingRefused(
            f"The checkpoints in {run} are of another training: the recordings, their texts or the base model have "
            "changed since. Delete that folder to train from the base model.",
            f"{run} 中的存档属于另一次训练：录音、文本或底模已改变。如需从底模重新训练，请删除该文件夹。",
        )
    model.load_state_dict(content["model"])
    optimiser.load_state_dict(content["optimiser"])
    if content["scaler"] and scaler.is_enabled():
        scaler.load_state_dict(content["scaler"])
    place = Place(**content["place"])
    if content["order"] != origin.order:
        return replace(place, batch=0)
    for name, parameter in model.named_parameters():
        gradient = content["gradients"].get(name)
        parameter.grad = None if gradient is None else gradient.to(parameter.device, copy=True)
    return place
