"""What a training of the acoustic model does, how far it is, and what its checkpoints say of both."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_clips import SovitsClip
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths


@dataclass(frozen=True)
class SovitsTask:
    """clips: those of an epoch, repetitions included. origin: what a checkpoint belongs to."""

    config: AcousticConfig
    clips: tuple[SovitsClip, ...]
    options: SovitsOptions
    paths: SovitsPaths
    origin: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """How far a training is. epoch: how many are over. batch: how many of the next epoch are."""

    epoch: int = 0
    batch: int = 0
    steps: int = 0
    rate: float = 1.0
    """Share of the learning rate; less than 1 after numbers were none any more, and then all is in float32."""
    exports: tuple[str, ...] = ()
    """Names of the files made, oldest first."""


@dataclass(frozen=True)
class SovitsOutcome:
    place: Place
    losses: dict[str, float]


def saved(state: Mapping[str, Any], place: Place, task: SovitsTask, order: Mapping[str, int]) -> dict[str, Any]:
    """As a RunFolder takes it. state: of networks and optimisers. order: what the order of clips depends on."""
    return {"state": state, "place": asdict(place), "order": dict(order), "origin": dict(task.origin)}


def place_of(content: Mapping[str, Any], task: SovitsTask, order: Mapping[str, int]) -> Place:
    """Raises TrainingRefused where the checkpoint is of another training.

    In another order of clips, the epoch that had begun begins again.
    """
    if content["origin"] != task.origin:
        run = task.paths.run
        raise TrainingRefused(
            f"The checkpoints in {run} are of another training: the recordings, their texts or the base model "
            "have changed since. Delete that folder to train from the base model.",
            f"{run} 中的存档属于另一次训练：录音、文本或底模已改变。如需从底模重新训练，请删除该文件夹。",
        )
    place = Place(**{**content["place"], "exports": tuple(content["place"]["exports"])})
    return place if content["order"] == order else replace(place, batch=0)


def exports_of(outcome: SovitsOutcome, paths: SovitsPaths) -> tuple[Path, ...]:
    """Those that are still there."""
    files = (paths.exports / name for name in outcome.place.exports)
    return tuple(file for file in files if file.exists())
