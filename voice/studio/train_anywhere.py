"""Trainings without a character: on a folder of features, with what whoever asks has wished for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.studio.steps import Step
from voice.studio.train_features import FeatureWork, all_features, require_some
from voice.studio.training_configs import SEED
from voice.studio.training_follower import CURVES, Curves, Follower, refusing


@dataclass(frozen=True)
class SovitsWish:
    """experiment: with the features. run: for checkpoints. batch_size: of each device."""

    experiment: Path
    name: str
    run: Path
    exports: Path
    epochs: int
    batch_size: int
    export_epochs: int
    devices: tuple[str, ...]
    text_rate: float
    generator: Path
    discriminators: Path | None


@dataclass(frozen=True)
class GptWish:
    """The same for the other half. has_preference: upstream's if_dpo."""

    experiment: Path
    name: str
    run: Path
    exports: Path
    epochs: int
    batch_size: int
    export_epochs: int
    devices: tuple[str, ...]
    has_preference: bool
    base: Path


def make_features(work: FeatureWork, step: Step) -> None:
    """Raises Refused where no clip is left, OSError, JobCancelled."""
    for report in all_features(work, step):
        require_some(report)


def train_sovits_half(wish: SovitsWish, step: Step) -> Sequence[Path]:
    """The files made, oldest first. Raises Refused, OSError, JobCancelled."""
    from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
    from tts.gpt_sovits.training.sovits_run import train_sovits

    paths = SovitsPaths(wish.experiment, wish.generator, wish.discriminators, wish.run, wish.exports)
    options = SovitsOptions(
        wish.name,
        epochs=wish.epochs,
        batch_size=wish.batch_size,
        export_epochs=wish.export_epochs,
        text_rate=wish.text_rate,
        seed=SEED,
        devices=wish.devices,
    )
    return _followed(wish.run, step, lambda watcher: train_sovits(paths, options, watcher))


def train_gpt_half(wish: GptWish, step: Step) -> Sequence[Path]:
    """The files made, oldest first. Raises Refused, OSError, JobCancelled."""
    from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
    from tts.gpt_sovits.training.gpt_run import train_gpt

    options = GptOptions(
        wish.name,
        epochs=wish.epochs,
        batch_size=wish.batch_size,
        export_epochs=wish.export_epochs,
        has_preference=wish.has_preference,
        seed=SEED,
        devices=wish.devices,
    )
    paths = GptPaths(wish.experiment, wish.base, wish.run, wish.exports)
    return _followed(wish.run, step, lambda watcher: train_gpt(paths, options, watcher))


def _followed(run: Path, step: Step, train: Any) -> Sequence[Path]:
    curves = Curves(run.parent / CURVES / run.name, step.log)
    try:
        with refusing():
            return train(Follower(step, curves)).exports
    finally:
        curves.close()
