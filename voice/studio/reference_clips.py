"""Which of a character's clips its voice is taken from: whole, well understood, and ordinary in every respect."""

import math
import statistics
import wave
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tts.gpt_sovits.clip_limits import LONGEST_EXTRA_S, LONGEST_S, SHORTEST_EXTRA_S, SHORTEST_S
from voice.studio.clip_files import NothingProcessed, corrected_clips, find_clips, transcript
from voice.studio.clips import Clip
from voice.studio.cut import FULL_SCALE
from voice.studio.folders import CharacterFolder
from voice.studio.transcripts import Line

MARGIN_S = 0.01
"""Lengths in the report are rounded, and the engine's limits are sharp."""
EXTRAS = 3
"""More clips make the timbre steadier; each takes a moment when the voice is first used."""
PER_SECOND, PER_DECIBEL, OVERDRIVEN, UNSURE = 0.5, 1 / 6, 2.0, 4.0
"""What a clip is charged for a second and a decibel beside the middle, for distortion, and for doubtful words."""


@dataclass(frozen=True)
class SpokenClip:
    """A clip and what is said in it. loudness_db: None where nobody has measured it."""

    file: Path
    text: str
    language: str
    seconds: float
    loudness_db: float | None = None
    confidence: float = 1.0
    is_overdriven: bool = False

    @property
    def can_lead(self) -> bool:
        """Whether a voice can be taken from this clip."""
        return SHORTEST_S + MARGIN_S <= self.seconds <= LONGEST_S - MARGIN_S

    @property
    def pace(self) -> float:
        """The logarithm of letters a second: far from the others', it is the transcript that is wrong."""
        letters = sum(3 if char >= "\u3040" else 1 for char in self.text if char.isalnum())
        return math.log(max(letters, 1) / self.seconds)


def spoken_clips(folder: CharacterFolder) -> dict[str, SpokenClip]:
    """The clips that have a text, by name. Raises NothingProcessed, and Refused for a transcript that is damaged.

    Folders that came without a report of their clips, from the original service, count as well.
    """
    lines, files = transcript(folder).lines, find_clips(folder)
    try:
        known = {clip.name: clip for clip in corrected_clips(folder)[1]}
    except (NothingProcessed, KeyError, TypeError, AttributeError):
        known = {}
    found = {}
    for line in lines:
        if line.text and line.name in files and (clip := _spoken(files[line.name], line, known.get(line.name))):
            found[line.name] = clip
    return found


def best_first(clips: Iterable[SpokenClip]) -> list[SpokenClip]:
    """Those that can lead, the same order every time: what is nearest to the middle of all comes first."""
    able = [clip for clip in clips if clip.can_lead]
    if not able:
        return []
    middle_s = statistics.median(clip.seconds for clip in able)
    middle_pace = statistics.median(clip.pace for clip in able)
    levels = [clip.loudness_db for clip in able if clip.loudness_db is not None]
    middle_db = statistics.median(levels) if levels else 0.0

    def charge(clip: SpokenClip) -> float:
        beside_db = 0.0 if clip.loudness_db is None else abs(clip.loudness_db - middle_db)
        return (
            abs(clip.seconds - middle_s) * PER_SECOND
            + beside_db * PER_DECIBEL
            + abs(clip.pace - middle_pace)
            + clip.is_overdriven * OVERDRIVEN
            + (1 - clip.confidence) * UNSURE
        )

    return sorted(able, key=lambda clip: (round(charge(clip), 6), clip.file.name))


def extras_beside(main: SpokenClip, clips: Mapping[str, SpokenClip]) -> tuple[SpokenClip, ...]:
    """A few more clips for the timbre: the best ones, then the longest that are too short or too long to lead."""
    rest = [clip for clip in clips.values() if not clip.can_lead]
    rest = [clip for clip in rest if SHORTEST_EXTRA_S < clip.seconds < LONGEST_EXTRA_S and not clip.is_overdriven]
    rest.sort(key=lambda clip: (-clip.seconds, clip.file.name))
    return tuple(clip for clip in [*best_first(clips.values()), *rest] if clip.file != main.file)[:EXTRAS]


def _spoken(file: Path, line: Line, clip: Clip | None) -> SpokenClip | None:
    if clip is None:
        seconds = _seconds_of(file)
        return SpokenClip(file, line.text, line.language, seconds) if seconds else None
    return SpokenClip(
        file=file,
        text=line.text,
        language=line.language,
        seconds=clip.seconds,
        loudness_db=clip.loudness_db,
        confidence=1.0 if clip.confidence is None else clip.confidence,
        is_overdriven=clip.peak >= FULL_SCALE,
    )


def _seconds_of(file: Path) -> float:
    """From the file's head; 0 where there is none that can be read."""
    with suppress(OSError, EOFError, wave.Error, ZeroDivisionError), wave.open(str(file)) as sound:
        return sound.getnframes() / sound.getframerate()
    return 0.0
