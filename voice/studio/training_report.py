"""What a training has to say for itself, kept in the character's folder: a section for each step, training.json."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from voice.studio.folders import CharacterFolder, replacing
from voice.studio.training_names import STEPS

FILE = "training.json"
MOST_NAMED = 100
"""Dropped clips in a job's result; the file names all of them."""


class Dropped(Protocol):
    """A clip that is not learnt from; the reasons are sentences."""

    @property
    def name(self) -> str: ...
    @property
    def english(self) -> str: ...
    @property
    def chinese(self) -> str: ...


class Remark(Protocol):
    """A sentence."""

    @property
    def english(self) -> str: ...
    @property
    def chinese(self) -> str: ...


def read_report(folder: CharacterFolder) -> dict[str, Any]:
    """By the steps' names; empty where nothing was written yet, or nothing that can be read."""
    return read_sections(folder.root / FILE)


def read_sections(file: Path) -> dict[str, Any]:
    """The same of any such file."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    sections = found.items() if isinstance(found, dict) else ()
    return {name: section for name, section in sections if name in STEPS and isinstance(section, dict)}


def note(folder: CharacterFolder, step: str, **facts: Any) -> None:
    """Replace the section of a step."""
    whole = {**read_report(folder), step: facts}
    with replacing(folder.root / FILE) as out:
        json.dump(whole, out, ensure_ascii=False, indent=1)


def forget_report(folder: CharacterFolder) -> None:
    (folder.root / FILE).unlink(missing_ok=True)


def dropped_facts(clips: Iterable[Dropped]) -> list[dict[str, str]]:
    return [{"name": clip.name, "en": clip.english, "zh": clip.chinese} for clip in clips]


def remark_facts(remarks: Iterable[Remark]) -> list[dict[str, str]]:
    return [{"en": remark.english, "zh": remark.chinese} for remark in remarks]


def outcome(folder: CharacterFolder) -> dict[str, Any]:
    """For the job's result: which clips were left out and why, what went wrong and was helped, what was picked."""
    report = read_report(folder)
    dropped: dict[str, Mapping[str, str]] = {}
    remarks: list[Mapping[str, str]] = []
    picked: dict[str, Any] = {}
    for step in STEPS:
        section = report.get(step, {})
        for clip in _listed(section, "dropped"):
            dropped.setdefault(clip["name"], {**clip, "step": step})
        remarks += _listed(section, "remarks")
        if choice := section.get("picked"):
            picked[step] = choice
    named = list(dropped.values())[:MOST_NAMED]
    return {"dropped_count": len(dropped), "dropped": named, "remarks": remarks, "picked": picked}


def _listed(section: Mapping[str, Any], name: str) -> Sequence[Mapping[str, str]]:
    return section.get(name) or ()
