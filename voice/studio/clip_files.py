"""What processing has left, for those who look through it: the report, the clips' sound, and their transcript."""

import json
import os
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from asr.recognizer import language_code
from voice.studio.characters import Character
from voice.studio.clips import FILE, Clip, summary
from voice.studio.estimate import estimate
from voice.studio.folders import CharacterFolder
from voice.studio.script_of import language_of_text
from voice.studio.training_advice import advice
from voice.studio.training_pace import measured_pace
from voice.studio.transcripts import (
    Line,
    Transcript,
    correct_line,
    plain_text,
    read_transcript,
    remove_line,
    write_transcript,
)


class _Report(BaseModel):
    """clips.json."""

    summary: dict[str, Any]
    clips: list[Clip]


class NothingProcessed(Exception):
    """There are no clips, because the recordings have not been processed."""


def clip_report(folder: CharacterFolder, character: Character) -> dict[str, Any]:
    """Every clip with its fate, a summary, and how long a training would take. Raises NothingProcessed."""
    kept_summary, clips = corrected_clips(folder)
    lengths = [clip.seconds for clip in clips if clip.is_kept]
    config = character.config
    told = advice(lengths, config.epochs_s2, config.epochs_s1)
    return {
        "summary": {**kept_summary, **summary(clips)},
        "clips": [{**asdict(clip), "is_kept": clip.is_kept} for clip in clips],
        "training_time": _training_time(folder, character, len(lengths)),
        "training_advice": [{"en": english, "zh": chinese} for english, chinese in told],
    }


def corrected_clips(folder: CharacterFolder) -> tuple[dict[str, Any], list[Clip]]:
    """The report's summary, and every clip as the transcript has it by now. Raises NothingProcessed."""
    try:
        text = (folder.root / FILE).read_text(encoding="utf-8")
        # Workers elsewhere write this file, too: one that is damaged must take nothing else away.
        kept = _Report.model_validate(json.loads(text, parse_constant=lambda _: None))
    except (OSError, ValueError, RecursionError):
        raise NothingProcessed(folder.name) from None
    texts = {line.name: line.text for line in transcript(folder).lines}
    return kept.summary, [_as_corrected(clip, texts.get(clip.name, "")) for clip in kept.clips]


def _as_corrected(clip: Clip, text: str) -> Clip:
    """The transcript has the last word: a clip without a line is left out, one that was given a text is used."""
    if text:
        return replace(clip, text=text, why="")
    return replace(clip, text="", why=clip.why or "removed")


def _training_time(folder: CharacterFolder, character: Character, clips: int) -> dict[str, dict[str, str]]:
    if not clips:
        return {}
    config = character.config
    told = {}
    for hardware in ("gpu", "cpu"):
        guess = estimate(
            clips,
            config.batch_size,
            config.epochs_s2,
            config.epochs_s1,
            hardware,
            cores=os.cpu_count() or 1,
            measured_s_per_clip=measured_pace(folder.root.parent, hardware),
        )
        told[hardware] = {"en": guess.english, "zh": guess.chinese}
    return told


def find_clip(folder: CharacterFolder, name: str) -> Path | None:
    """Only what is there can be found, so no name leaves the folder."""
    return find_clips(folder).get(name)


def find_clips(folder: CharacterFolder) -> dict[str, Path]:
    """Every clip that training would use, by name, whether it has a text or not: denoised where that was done."""
    places = [place for place in (folder.sliced, folder.denoised) if place.is_dir()]
    return {file.name: file.absolute() for place in places for file in place.glob("*.wav")}


def transcript(folder: CharacterFolder) -> Transcript:
    """Raises NothingProcessed, and Refused for a file in no known encoding."""
    return read_transcript(_transcript_file(folder))


def correct(folder: CharacterFolder, character: Character, clip: str, text: str) -> Line:
    """Another text for one clip, or its first. Raises NothingProcessed, Refused."""
    file = _transcript_file(folder)
    new = None
    if found := find_clip(folder, clip):
        new = Line(str(found), folder.name, language_code(character.config.language) or language_of_text(text), text)
    return correct_line(file, clip, text, new)


def leave_out_line(folder: CharacterFolder, clip: str) -> None:
    """Take a clip's line away. Raises NothingProcessed, Refused."""
    remove_line(_transcript_file(folder), clip)


def replace_transcript(folder: CharacterFolder, given: bytes) -> Transcript:
    """Take over a `.list` written elsewhere: its lines for clips that are here, and a sentence about each other line.

    Raises NothingProcessed, Refused.
    """
    file, clips = _transcript_file(folder), find_clips(folder)
    with tempfile.TemporaryDirectory() as place:
        offered = Path(place) / "offered.list"
        offered.write_bytes(given)
        found = read_transcript(offered)
    kept, faults = [], list(found.faults)
    for line in found.lines:
        if line.name in clips:
            kept.append(Line(str(clips[line.name]), folder.name, line.language, plain_text(line.text)))
        else:
            faults.append((f"There is no clip {line.name}.", f"没有片段 {line.name}。"))
    if kept:
        write_transcript(file, kept)
    return Transcript(kept, faults)


def _transcript_file(folder: CharacterFolder) -> Path:
    files = sorted(folder.transcripts.glob("*.list"), key=lambda file: file.stat().st_mtime)
    if not files:
        raise NothingProcessed(folder.name)
    return files[-1]
