"""Where the time of a turn went: the stages as parts of one bar. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

STAGES = ("heard", "first_token", "first_piece", "first_audio", "playing")
"""In their order; what a stage took is the time since the one before it."""


@dataclass(frozen=True)
class Part:
    stage: str
    ms: float


def parts_of(stages_ms: Mapping[str, float]) -> list[Part]:
    """What each stage took until the first sound; stages that the turn does not have are left out."""
    parts, before_ms = [], 0.0
    for stage in STAGES:
        if stage in stages_ms:
            parts.append(Part(stage, max(0.0, stages_ms[stage] - before_ms)))
            before_ms = max(before_ms, stages_ms[stage])
    return parts


def total_ms(stages_ms: Mapping[str, float]) -> float | None:
    """Until the first sound was heard, as far as that is known."""
    known = [stages_ms[stage] for stage in STAGES if stage in stages_ms]
    return max(known) if known else None
