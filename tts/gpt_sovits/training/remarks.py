"""What a training has to say of its clips and of its own course, in English and in Chinese."""

from collections.abc import Iterable
from dataclasses import dataclass

from tts.gpt_sovits.training.watching import Watcher


@dataclass(frozen=True)
class Remark:
    """A sentence."""

    english: str
    chinese: str


@dataclass(frozen=True)
class DroppedClip:
    """A clip that is not learnt from; the reasons are sentences."""

    name: str
    english: str
    chinese: str


def tell_dropped(clips: Iterable[DroppedClip], watcher: Watcher) -> None:
    """A line for each."""
    for clip in clips:
        watcher.log(f"{clip.name} is left out: {clip.english}", "warning", f"已跳过 {clip.name}：{clip.chinese}")
