"""The weights that training has left in a character's folder: which are the newest, and which are its own."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.studio.folders import CharacterFolder, replacing

GPT = r"-e(?P<epoch>[0-9]{1,9})\.ckpt"
SOVITS = r"_e(?P<epoch>[0-9]{1,9})_s(?P<step>[0-9]{1,12})\.pth"
"""What follows the character's name; nothing may stand between, so that bob never gets what is bob2's."""
PICKED = "picked.json"
"""Beside the weights: the epoch of each half that is spoken with, as the training or somebody who listened has chosen
it, e.g. {"gpt": 10}. Without the file it is the last."""


@dataclass(frozen=True)
class TrainedModels:
    """Both halves of a character's voice: from text to tokens, and from tokens to sound."""

    gpt: Path
    sovits: Path


def newest_models(folder: CharacterFolder) -> TrainedModels | None:
    """The epochs that were picked, else the weights of the highest epoch, step and change time, in this order.

    None unless there are both halves.
    """
    newest = newest_in(folder.models, folder.name)
    if newest is None:
        return None
    chosen = picked(folder.models)
    gpt, sovits = (
        _of_epoch(folder.models, folder.name, ending, chosen.get(half)) or usual
        for half, ending, usual in (("gpt", GPT, newest.gpt), ("sovits", SOVITS, newest.sovits))
    )
    return TrainedModels(gpt, sovits)


def newest_in(place: Path, name: str) -> TrainedModels | None:
    """The newest weights of this name in any folder, whatever was picked."""
    gpt, sovits = _newest(place, name, GPT), _newest(place, name, SOVITS)
    return TrainedModels(gpt, sovits) if gpt and sovits else None


def pick(place: Path, epochs: Mapping[str, int]) -> None:
    """From now on these epochs are spoken with, by half (gpt, sovits); of a half that is not named, the newest."""
    if not epochs:
        (place / PICKED).unlink(missing_ok=True)
        return
    with replacing(place / PICKED) as out:
        json.dump(dict(epochs), out)


def picked(place: Path) -> Mapping[str, Any]:
    """What was picked last; empty where nothing was, or nothing that can be read."""
    try:
        found = json.loads((place / PICKED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def saved_epochs(folder: CharacterFolder) -> dict[str, list[int]]:
    """Of which epochs weights lie there, by half (gpt, sovits), the first first."""
    endings = {"gpt": GPT, "sovits": SOVITS}
    return {
        half: sorted({int(match["epoch"]) for match, _ in _matching(folder.models, folder.name, ending)})
        for half, ending in endings.items()
    }


def newest_sovits(place: Path, name: str) -> Path | None:
    """The SoVITS half alone."""
    return _newest(place, name, SOVITS)


def epoch_of(file: Path, name: str) -> int | None:
    """What a weight file of this name says about its epoch."""
    found = re.fullmatch(re.escape(name) + f"(?:{GPT}|{SOVITS.replace('epoch', 'epoch_s2')})", file.name)
    return int(found["epoch"] or found["epoch_s2"]) if found else None


def models_in(place: Path, name: str) -> list[Path]:
    """Every weight file that bears exactly this name, in no order."""
    return [file for ending in (GPT, SOVITS) for _, file in _matching(place, name, ending)]


@contextmanager
def renamed_with(folder: CharacterFolder, new: str) -> Iterator[None]:
    """While a character's folder gets another name, so do its weights and its experiment; a crash loses nothing."""
    old = folder.name
    if new == old:
        yield
        return
    links = []
    for file in models_in(folder.models, old):
        with suppress(OSError):  # not every file system has links, and there a crash may cost a voice its name
            link = file.with_name(new + file.name[len(old) :])
            os.link(file, link)
            links.append(link)
    try:
        yield
    except BaseException:
        for link in links:
            link.unlink(missing_ok=True)
        raise
    _drop_name(CharacterFolder(folder.root.with_name(new)), old)


def _drop_name(folder: CharacterFolder, old: str) -> None:
    for file in models_in(folder.models, old):
        os.replace(file, file.with_name(folder.name + file.name[len(old) :]))
        if file.name in os.listdir(folder.models):  # of two names for one file, replacing keeps both
            file.unlink()
    experiment = folder.experiment.with_name(old)
    if experiment.is_dir() and not folder.experiment.exists():
        experiment.rename(folder.experiment)


def _of_epoch(place: Path, name: str, ending: str, epoch: Any) -> Path | None:
    """The weights of an epoch, should they be there; of several, those of the most steps."""
    found = [file for match, file in _matching(place, name, ending) if int(match["epoch"]) == epoch]
    return max(found, key=lambda file: (len(file.name), file.name), default=None)


def _newest(place: Path, name: str, ending: str) -> Path | None:
    found = []
    for match, file in _matching(place, name, ending):
        with suppress(FileNotFoundError):  # cleaned away meanwhile
            found.append((int(match["epoch"]), int(match.groupdict().get("step", 0)), file.stat().st_mtime_ns, file))
    return max(found)[-1] if found else None


def _matching(place: Path, name: str, ending: str) -> Iterator[tuple[re.Match[str], Path]]:
    if not place.is_dir():
        return
    for file in place.iterdir():
        match = re.fullmatch(re.escape(name) + ending, file.name)
        if match and file.is_file():
            yield match, file
