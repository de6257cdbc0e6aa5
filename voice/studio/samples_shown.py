"""The samples that a training has spoken, for those who listen: by half and epoch, with the one that was taken."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from voice.studio.folders import CharacterFolder
from voice.studio.training_half import STEPS
from voice.studio.training_report import read_report
from voice.studio.training_samples import read_samples


def samples_shown(folder: CharacterFolder) -> list[dict[str, Any]]:
    """Of the newest training, also while it goes on. Each has the fields of Sample, and besides

    is_picked: whether its epoch is the one that is taken of its half, once that half is complete;
    errors: the share of its characters that a recogniser did not understand, None where nothing has judged it.
    """
    report = read_report(folder)
    made = sorted(read_samples(folder.experiment), key=lambda one: one.epoch)
    return [
        {**asdict(one), **_standing(report.get(step, {}), one.epoch)}
        for half, step in STEPS.items()
        for one in made
        if one.half == half
    ]


def _standing(section: Mapping[str, Any], epoch: int) -> dict[str, Any]:
    """section: of the half in the training's report; empty until the half is complete."""
    picked = section.get("picked") or {}
    errors = {judged.get("epoch"): judged.get("errors") for judged in picked.get("heard") or ()}
    # Where nothing was picked, the last epoch is taken.
    return {"is_picked": epoch == picked.get("epoch", section.get("epochs")), "errors": errors.get(epoch)}
