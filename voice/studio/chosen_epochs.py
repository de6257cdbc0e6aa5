"""Which of its saved epochs a voice speaks with: shown, and chosen by whoever has listened to the samples."""

from collections.abc import Mapping
from typing import Any

from voice.studio.folders import CharacterFolder
from voice.studio.models import epoch_of, newest_models, pick, picked, saved_epochs
from voice.studio.refused import Refused

HALVES: Mapping[str, str] = {"sovits": "SoVITS", "gpt": "GPT"}
"""The halves of a voice, and what people call them."""


class NoSuchEpoch(Refused):
    """No weights of this epoch are saved."""


def spoken_epochs(folder: CharacterFolder) -> dict[str, int | None]:
    """The epoch of each half that is spoken with; None where there is no voice."""
    models = newest_models(folder)
    return {half: epoch_of(getattr(models, half), folder.name) if models else None for half in HALVES}


def epochs_shown(folder: CharacterFolder) -> dict[str, dict[str, Any]]:
    """Of each half the `epoch` that is spoken with, and all `epochs` that are saved."""
    saved, spoken = saved_epochs(folder), spoken_epochs(folder)
    return {half: {"epoch": spoken[half], "epochs": saved[half]} for half in HALVES}


def choose_epochs(folder: CharacterFolder, wanted: Mapping[str, int]) -> None:
    """Speak with these from now on, by half, until another training; a half that is not named stays as it is.

    Raises NoSuchEpoch, and then changes nothing.
    """
    saved = saved_epochs(folder)
    for half, epoch in wanted.items():
        if epoch not in saved[half]:
            raise _no_such_epoch(folder.name, HALVES[half], epoch, saved[half])
    pick(folder.models, {**picked(folder.models), **wanted})


def _no_such_epoch(name: str, half: str, epoch: int, saved: list[int]) -> NoSuchEpoch:
    if not saved:
        return NoSuchEpoch(
            f"{name} has no {half} weights yet: train it first.", f"角色 {name} 还没有 {half} 权重，请先训练。"
        )
    return NoSuchEpoch(
        f"{name} has no {half} weights of epoch {epoch}; those saved are of {', '.join(map(str, saved))}.",
        f"角色 {name} 没有 {half} 第 {epoch} 轮的权重；已保存的轮次：{'、'.join(map(str, saved))}。",
    )
