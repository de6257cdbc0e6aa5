"""What a training of the acoustic model is asked for, and what it has done."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tts.gpt_sovits.training.remarks import DroppedClip, Remark

Precision = Literal["auto", "float32", "float16"]


@dataclass(frozen=True)
class Beginning:
    """How a generator starts that knows nothing yet; one that was trained needs none of it, and upstream has none."""

    judges_from: int = 0
    """The first step with discriminators; until then spectrograms alone say what is wrong."""
    divergence_steps: int = 0
    """In so many first steps the divergence comes to count in full. At once, it would empty the latent frames."""
    spectra_weight: float = 0.0
    """Of the distance of spectra at several resolutions; the mel spectrogram alone tells little of the pitch."""
    longest_gradient: float | None = None
    """A longer one is shortened to it, for each of the two networks."""


@dataclass(frozen=True)
class SovitsOptions:
    """name: what exports are called, `<name>_e<epoch>_s<step>.pth`. epochs: in all, earlier attempts included."""

    name: str
    epochs: int = 8
    batch_size: int = 4
    """Clips on each device."""
    export_epochs: int = 4
    """Epochs from one export to the next; the last epoch is always exported."""
    save_epochs: int = 1
    save_minutes: float = 10.0
    """Whichever of the two comes first."""
    rate: float = 1e-4
    """What all parts learn with."""
    text_rate: float = 0.4
    """The share of it for the parts that know the text; upstream's interface offers 0.2 to 0.6."""
    seed: int = 1234
    precision: Precision = "auto"
    """auto: float16 on a GPU, where a loss stays in float32; otherwise float32."""
    devices: tuple[str, ...] = ("cpu",)
    """A process for each, as torch names them."""
    segment_frames: int = 32
    """How much of each clip is vocoded in a step, in frames of 20 ms."""
    judges_narrowing: int = 1
    """Discriminators with so many times fewer channels: for quick runs without the published ones."""
    beginning: Beginning = field(default_factory=Beginning)


@dataclass(frozen=True)
class SovitsPaths:
    """experiment: the folder of features. generator, discriminators: upstream's s2G and s2D files to start from."""

    experiment: Path
    generator: Path
    discriminators: Path | None
    """None: they learn from nothing, which takes far longer."""
    run: Path
    """For checkpoints, of this training alone."""
    exports: Path


@dataclass(frozen=True)
class SovitsReport:
    """exports: every file that this training has made, oldest first, those of earlier attempts included."""

    exports: tuple[Path, ...]
    epochs: int
    steps: int
    losses: dict[str, float] = field(default_factory=dict)
    """Of the last step, by the names of the curves; empty where this attempt had nothing left to do."""
    clip_count: int = 0
    dropped: tuple[DroppedClip, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """What went wrong on the way and was helped, such as memory that did not suffice."""
