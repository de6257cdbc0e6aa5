"""How far a training has come, kept in its experiment's folder: for the next attempt, and for no other training."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from voice.studio.folders import CharacterFolder, replacing
from voice.studio.training_report import forget_report

FILE = ".training.json"
_STATE = ("logs_s[12]_*", "weights")
_FOR_PEOPLE = ("samples", "tensorboard")


@dataclass(frozen=True)
class TrainingRecord:
    """key: the plan's. made: weights that are being moved to the character's models; () before that."""

    key: str
    done: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    is_published: bool = False


def read_record(folder: CharacterFolder) -> TrainingRecord | None:
    """None where there is none that can be read."""
    try:
        kept = json.loads((folder.experiment / FILE).read_text(encoding="utf-8"))
        return TrainingRecord(kept["key"], tuple(kept["done"]), tuple(kept["made"]), kept["is_published"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begin(folder: CharacterFolder, key: str) -> TrainingRecord:
    """The record of this very training; whatever another one has left would only mislead it, and is deleted."""
    record = read_record(folder)
    if record and record.key == key:
        return record
    forget_state(folder)
    forget_heard(folder)
    return _write(folder, TrainingRecord(key))


def step_done(folder: CharacterFolder, record: TrainingRecord, name: str) -> TrainingRecord:
    return _write(folder, replace(record, done=(*record.done, name)))


def moving(folder: CharacterFolder, record: TrainingRecord, made: Sequence[str]) -> TrainingRecord:
    """From now on it is known which weights belong together, wherever each of them lies."""
    return _write(folder, replace(record, made=tuple(made)))


def published(folder: CharacterFolder, record: TrainingRecord) -> TrainingRecord:
    """The weights are in their place, and nothing has to be gone on with."""
    record = _write(folder, replace(record, is_published=True))
    forget_state(folder)
    return record


def forget_published(folder: CharacterFolder) -> None:
    """Somebody wants another training although this one came to its end."""
    record = read_record(folder)
    if record and record.is_published:
        (folder.experiment / FILE).unlink(missing_ok=True)


def forget_state(folder: CharacterFolder) -> None:
    """Delete what trainings go on from; features stay, each of which knows what it was made of."""
    for pattern in _STATE:
        for place in folder.experiment.glob(pattern):
            _delete(place)


def forget_heard(folder: CharacterFolder) -> None:
    """Delete what a training has left for people: samples, curves, the report."""
    for name in _FOR_PEOPLE:
        _delete(folder.experiment / name)
    forget_report(folder)


def _delete(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _write(folder: CharacterFolder, record: TrainingRecord) -> TrainingRecord:
    with replacing(folder.experiment / FILE) as out:
        json.dump(asdict(record), out)
    return record
