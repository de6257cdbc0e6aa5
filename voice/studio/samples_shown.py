"""The samples that a training has spoken, for those who listen: by half and epoch, with the one that was taken."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from voice.studio.chosen_epochs import spoken_epochs
from voice.studio.folders import CharacterFolder
from voice.studio.models import saved_epochs
from voice.studio.training_half import STEPS
from voice.studio.training_record import read_record
from voice.studio.training_report import read_report
from voice.studio.training_samples import read_samples


def samples_shown(folder: CharacterFolder) -> list[dict[str, Any]]:
    """Of the newest training, also while it goes on. Each has the fields of Sample, and besides

    is_picked: whether its epoch is the one that is taken of its half, once that half is complete;
    errors: the share of its characters that a recogniser did not understand, None where nothing has judged it;
    can_be_picked: whether its weights are among the character's, so that somebody may choose them.
    """
    report = read_report(folder)
    made = sorted(read_samples(folder.experiment), key=lambda one: one.epoch)
    saved, spoken = ({}, {}) if _is_unfinished(folder) else (saved_epochs(folder), spoken_epochs(folder))
    return [
        {
            **asdict(one),
            **_standing(report.get(step, {}), one.epoch, spoken.get(half)),
            "can_be_picked": one.epoch in saved.get(half, ()),
        }
        for half, step in STEPS.items()
        for one in made
        if one.half == half
    ]


def _is_unfinished(folder: CharacterFolder) -> bool:
    """Whether the samples are of weights that are not the character's yet, which may have another voice meanwhile."""
    record = read_record(folder)
    return record is not None and not record.is_published


def _standing(section: Mapping[str, Any], epoch: int, spoken: int | None) -> dict[str, Any]:
    """section: of the half in the training's report; empty until the half is complete.

    spoken: the epoch that the character speaks with, None as long as it has no weights of this training.
    """
    judged = section.get("picked") or {}
    errors = {heard.get("epoch"): heard.get("errors") for heard in judged.get("heard") or ()}
    # Where nothing was picked, the last epoch is taken.
    taken = judged.get("epoch", section.get("epochs")) if spoken is None else spoken
    return {"is_picked": epoch == taken, "errors": errors.get(epoch)}
