"""Makes one kind of features of all clips: on several devices, from where it was broken off, with a word about each."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.feature_ledger import FeatureLedger, Made, digest_of, replacing
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.pace import Pace
from tts.gpt_sovits.training.parallel import on_devices
from tts.gpt_sovits.training.remarks import DroppedClip, tell_dropped
from tts.gpt_sovits.training.watching import Watcher


@dataclass(frozen=True)
class RecordedClip:
    """name: unique in an experiment, with its ending. language: zh, en, ja, ko or yue."""

    name: str
    sound: Path
    language: str
    text: str


class Unfit(Exception):
    """Why nothing can be made of a clip: a sentence in English and in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


class Extractor(Protocol):
    """Makes one kind of features; what it needs for that is loaded when the first clip comes."""

    kind: str
    """Names the record of what is made."""
    table: Path | None
    """Where the rows of all clips go, in their order."""
    header: str
    """The table's first line, or nothing."""

    def key(self, clip: RecordedClip) -> str:
        """Of all that decides about the result; raises Unfit."""
        ...

    def make(self, clip: RecordedClip) -> tuple[str, Sequence[Path]]:
        """The clip's row and the files written; raises Unfit."""
        ...


MakeExtractor = Callable[[str], Extractor]
"""For a device, as torch names it; something that can be sent to another process."""


@dataclass(frozen=True)
class FeatureReport:
    """How many clips have their features, how many of those had them before, and why the others have none."""

    made: int
    kept: int
    dropped: tuple[DroppedClip, ...]


def extract(
    make: MakeExtractor, folder: FeatureFolder, clips: Sequence[RecordedClip], devices: Sequence[str], watcher: Watcher
) -> FeatureReport:
    """Make what is missing, and the table.

    Raises OSError, what loading the models raises, and what the watcher does.
    """
    folder.root.mkdir(parents=True, exist_ok=True)
    extractor = make(devices[0])
    dropped: dict[str, DroppedClip] = {}
    before = _made(extractor, folder, clips, dropped)
    waiting = [clip for clip in clips if clip.name not in before and clip.name not in dropped]
    if waiting:
        used = devices[: len(waiting)]
        for unfit in on_devices(used, partial(_part, make, folder, waiting), watcher):
            dropped |= unfit
    rows = _made(extractor, folder, [clip for clip in clips if clip.name not in dropped], dropped)
    if extractor.table:
        _write_table(extractor.table, [extractor.header, *rows.values()])
    unfit = tuple(dropped[clip.name] for clip in clips if clip.name in dropped)
    tell_dropped(unfit, watcher)
    return FeatureReport(len(rows), len(before), unfit)


def _made(
    extractor: Extractor, folder: FeatureFolder, clips: Sequence[RecordedClip], dropped: dict[str, DroppedClip]
) -> dict[str, str]:
    """The rows of the clips that have their features, in order; adds to `dropped` what cannot have any."""
    ledger = FeatureLedger(folder.root, extractor.kind)
    rows = {}
    for clip in clips:
        try:
            if made := ledger.find(clip.name, extractor.key(clip)):
                rows[clip.name] = made.row
        except Unfit as unfit:
            dropped[clip.name] = DroppedClip(clip.name, str(unfit), unfit.chinese)
    return rows


def _write_table(file: Path, rows: Sequence[str]) -> None:
    with replacing(file) as opened:
        opened.write("".join(f"{row}\n" for row in rows if row).encode())


def _part(
    make: MakeExtractor, folder: FeatureFolder, clips: Sequence[RecordedClip], member: Member, watcher: Watcher
) -> dict[str, DroppedClip]:
    """One process's share of the clips."""
    extractor = make(member.device)
    ledger = FeatureLedger(folder.root, extractor.kind, member.rank)
    share, pace = clips[member.rank :: member.team_size], Pace()
    dropped: dict[str, DroppedClip] = {}
    for number, clip in enumerate(share, 1):
        watcher.check()
        try:
            key = extractor.key(clip)
            row, files = extractor.make(clip)
            outputs = {file.relative_to(folder.root).as_posix(): digest_of(file) for file in files}
            ledger.record(Made(clip.name, key, row, outputs))
        except Unfit as unfit:
            dropped[clip.name] = DroppedClip(clip.name, str(unfit), unfit.chinese)
        pace.step()
        watcher.progress(number / len(share), pace.rest_s(len(share) - number))
    return dropped


def uniquely_named(clips: Sequence[RecordedClip]) -> list[RecordedClip]:
    """Different sounds of one name have a part of their digest before it; the same sound twice stays once."""
    counts = Counter(clip.name for clip in clips)
    named = [clip if counts[clip.name] == 1 else _marked(clip) for clip in clips]
    return list({clip.name: clip for clip in named}.values())


def _marked(clip: RecordedClip) -> RecordedClip:
    return replace(clip, name=f"{digest_of(clip.sound)[:8]}_{clip.name}")


def content_of(file: Path, what: str, chinese: str) -> str:
    """The digest of a file; raises Unfit. what: what the file is, in English and in Chinese."""
    try:
        return digest_of(file)
    except OSError as error:
        raise Unfit(f"Its {what} cannot be read ({error.strerror}).", f"{chinese}无法读取。") from error
