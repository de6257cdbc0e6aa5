"""How fast trainings went here: the newest report of any character that has measured it."""

from pathlib import Path

from voice.studio.estimate import Hardware
from voice.studio.training_names import GPT, SOVITS
from voice.studio.training_report import FILE, read_sections


def measured_pace(characters: Path, hardware: Hardware) -> tuple[float, float] | None:
    """Seconds of one clip in SoVITS and in GPT, on all devices together; None where nothing was measured."""
    reports = characters.glob(f"*/{FILE}")
    for file in sorted(reports, key=_changed_s, reverse=True):
        sections = read_sections(file)
        halves = [sections.get(step, {}) for step in (SOVITS, GPT)]
        kinds = {"cpu" if half.get("device") == "cpu" else "gpu" for half in halves}
        each = [half.get("s_per_clip") for half in halves]
        if kinds == {hardware} and all(isinstance(one, float) and one > 0 for one in each):
            return each[0], each[1]
    return None


def _changed_s(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:  # deleted meanwhile
        return 0.0
