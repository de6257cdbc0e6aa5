"""Transcripts that a worker has written name clips where that worker sees them; people look for them here."""

import contextlib
from dataclasses import replace
from pathlib import Path

from voice.jobs.job import Job
from voice.studio.refused import Refused
from voice.studio.transcripts import read_transcript, write_transcript


def relist(job: Job) -> None:
    """Let the character's transcripts name its clips in this machine's folder; other kinds of jobs have none."""
    folder = job.parameters.get("folder")
    if not isinstance(folder, str):
        return
    for file in (Path(folder) / "transcripts").glob("*.list"):
        with contextlib.suppress(Refused, OSError):  # it is readable for people as it is
            _relist(file, Path(folder))


def _relist(file: Path, folder: Path) -> None:
    transcript = read_transcript(file)
    clips = folder.absolute() / file.stem
    lines = [replace(line, path=str(clips / line.name)) for line in transcript.lines if (clips / line.name).is_file()]
    if not transcript.faults and len(lines) == len(transcript.lines) and lines != transcript.lines:
        write_transcript(file, lines)
