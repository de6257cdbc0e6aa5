"""What a training of the semantic model is asked for, and what it has done."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tts.gpt_sovits.training.gpt_schedule import BATCHES_PER_UPDATE, RATE
from tts.gpt_sovits.training.remarks import DroppedClip, Remark

Precision = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True)
class GptOptions:
    """name: what exports are called, `<name>-e<epoch>.ckpt`. epochs: in all, earlier attempts included."""

    name: str
    epochs: int = 15
    batch_size: int = 8
    """Sentences on each device; fewer where there are not four batches of them, and half as many with preference."""
    export_epochs: int = 5
    """Epochs from one export to the next; the last epoch is always exported."""
    save_epochs: int = 5
    save_minutes: float = 10.0
    """Whichever of the two comes first."""
    has_preference: bool = False
    """Learn besides to think repeated and left-out words unlikely (DPO); twice the time."""
    is_as_upstream: bool = False
    """Repeat upstream's errors: hidden phones, padding that is learnt, epochs that change nothing."""
    seed: int = 1234
    precision: Precision = "auto"
    """auto: bfloat16 or float16 where a GPU can, otherwise float32."""
    devices: tuple[str, ...] = ("cpu",)
    """A process for each, as torch names them."""
    rate: float = RATE
    """How far an update goes, as a share of the parameters' own size; a new model needs ten times more."""
    update_batches: int = BATCHES_PER_UPDATE
    """Batches from one update to the next."""


@dataclass(frozen=True)
class GptPaths:
    """experiment: the folder of features. base: upstream's file to start from. exports: where finished weights go."""

    experiment: Path
    base: Path
    run: Path
    """For checkpoints, of this training alone."""
    exports: Path


@dataclass(frozen=True)
class GptReport:
    """exports: every file that this training has made, oldest first, those of earlier attempts included."""

    exports: tuple[Path, ...]
    epochs: int
    updates: int
    """How often parameters have changed."""
    loss: float | None
    """Mean over the tokens of the last epoch in natural units; None where this attempt had nothing left to do."""
    accuracy: float | None
    """Share of tokens among the three likeliest, likewise."""
    clip_count: int
    dropped: tuple[DroppedClip, ...]
    remarks: tuple[Remark, ...]
    """What went wrong on the way and was helped, such as memory that did not suffice."""
