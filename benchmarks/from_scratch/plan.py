"""How much is spoken, how large the models are, and how long they learn, for each size of the benchmark."""

from dataclasses import dataclass
from typing import Literal

from tts.gpt_sovits.training.sovits_options import Beginning

SizeName = Literal["smoke", "cpu", "gpu"]


@dataclass(frozen=True)
class EncoderPlan:
    """Of the content encoder, and of the listener that judges in the end, each with its own steps."""

    channels: int
    inner: int
    layers: int
    codes: int
    """Semantic tokens in use; the others are never the nearest."""
    steps: int
    listener_steps: int
    batch_size: int


@dataclass(frozen=True)
class SemanticPlan:
    """minutes: after which the last whole epochs count."""

    width: int
    heads: int
    layers: int
    epochs: int
    minutes: float
    batch_size: int
    rate: float


@dataclass(frozen=True)
class AcousticPlan:
    """As SemanticPlan; only clips of at most so many words are heard, since a step takes a part of each anyway."""

    filter_channels: int
    layers: int
    first_channels: int
    kernels: tuple[int, ...]
    epochs: int
    minutes: float
    batch_size: int
    rate: float
    segment_frames: int
    judges_narrowing: int
    beginning: Beginning
    most_words: int


@dataclass(frozen=True)
class Plan:
    """single, double: clips of one sentence, and of two, which teach the model to go on behind a reference."""

    single: int
    double: int
    held_out: int
    distractors: int
    encoder: EncoderPlan
    semantic: SemanticPlan
    acoustic: AcousticPlan


PLANS: dict[SizeName, Plan] = {
    "smoke": Plan(
        single=30,
        double=6,
        held_out=2,
        distractors=3,
        encoder=EncoderPlan(32, 64, 1, 64, steps=50, listener_steps=60, batch_size=4),
        semantic=SemanticPlan(64, 4, 2, epochs=2, minutes=2, batch_size=8, rate=0.03),
        acoustic=AcousticPlan(
            *(128, 2, 64, (3,)),
            epochs=1,
            minutes=2,
            batch_size=2,
            rate=4e-4,
            segment_frames=10,
            judges_narrowing=64,
            beginning=Beginning(judges_from=16, divergence_steps=20, spectra_weight=2.0, longest_gradient=500.0),
            most_words=8,
        ),
    ),
    "cpu": Plan(
        single=700,
        double=300,
        held_out=20,
        distractors=20,
        encoder=EncoderPlan(64, 512, 2, 256, steps=600, listener_steps=500, batch_size=8),
        semantic=SemanticPlan(128, 4, 3, epochs=60, minutes=8, batch_size=8, rate=0.03),
        acoustic=AcousticPlan(
            *(256, 2, 128, (3,)),
            epochs=60,
            minutes=38,
            batch_size=4,
            rate=4e-4,
            segment_frames=10,
            judges_narrowing=32,
            beginning=Beginning(judges_from=3000, divergence_steps=700, spectra_weight=5.0, longest_gradient=500.0),
            most_words=9,
        ),
    ),
    "gpu": Plan(
        single=2400,
        double=800,
        held_out=20,
        distractors=20,
        encoder=EncoderPlan(256, 1024, 3, 512, steps=2000, listener_steps=1200, batch_size=32),
        semantic=SemanticPlan(256, 8, 6, epochs=40, minutes=3, batch_size=16, rate=0.03),
        acoustic=AcousticPlan(
            *(768, 4, 256, (3, 7)),
            epochs=400,
            minutes=12,
            batch_size=32,
            rate=3e-4,
            segment_frames=32,
            judges_narrowing=2,
            beginning=Beginning(judges_from=1500, divergence_steps=1200, spectra_weight=5.0, longest_gradient=500.0),
            most_words=10,
        ),
    ),
}
