"""A report on every clip: whether it is kept, and if not, why; and how much speech there is in all."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voice.studio.cut import SHORTEST_S, Cut
from voice.studio.folders import replacing
from voice.studio.listing import Words

FILE = "clips.json"
LONGEST_S = 38.0
"""Training leaves longer clips out without a word."""
MOST_CLIPPED = 0.001
"""A share of samples at full scale that can be heard as distortion."""
REASONS: Mapping[str, tuple[str, str]] = {
    "too_short": (f"shorter than {SHORTEST_S:g} s", f"不足 {SHORTEST_S:g} 秒"),
    "too_long": (f"longer than {LONGEST_S:g} s", f"超过 {LONGEST_S:g} 秒"),
    "silent": ("silent", "没有声音"),
    "clipped": ("overdriven while it was recorded", "录音过载失真"),
    "no_speech": ("nothing is said in it", "没有说话声"),
    "no_text": ("it was not understood", "无法识别出文本"),
    "removed": ("its line was taken out of the transcript", "文本行已被删除"),
}
"""Why a clip is dropped, in English and Chinese."""


@dataclass(frozen=True)
class Clip:
    """One clip. why: a key of REASONS, "" for a clip that is kept. peak and loudness are those of the recording."""

    name: str
    source: str
    start_s: float
    seconds: float
    peak: float
    loudness_db: float
    """RMS of the levelled clip against full scale."""
    why: str
    text: str = ""
    language: str = ""
    confidence: float | None = None

    @property
    def is_kept(self) -> bool:
        return not self.why


def report(cut: Cut, words: Words | None) -> Clip:
    """words: None for a clip that nobody has listened to."""
    words = words or Words("")
    return Clip(
        name=cut.name,
        source=cut.source,
        start_s=round(cut.start_s, 3),
        seconds=round(cut.seconds, 3),
        peak=round(cut.peak, 4),
        loudness_db=cut.loudness_db,
        why=_why(cut, words),
        text=words.text,
        language=words.language,
        confidence=words.confidence,
    )


def summary(clips: Iterable[Clip]) -> dict[str, Any]:
    """Counts and minutes."""
    all_clips = list(clips)
    kept = [clip for clip in all_clips if clip.is_kept]
    return {
        "clips_kept": len(kept),
        "clips_dropped": dict(Counter(clip.why for clip in all_clips if not clip.is_kept)),
        "usable_minutes": round(sum(clip.seconds for clip in kept) / 60, 2),
        "total_minutes": round(sum(clip.seconds for clip in all_clips) / 60, 2),
        "languages": dict(Counter(clip.language for clip in kept)),
    }


def save_report(folder: Path, clips: Iterable[Clip], more: Mapping[str, Any]) -> dict[str, Any]:
    """Write clips.json into a character's folder; returns its summary, to which `more` is added."""
    all_clips = list(clips)
    whole = {**summary(all_clips), **more}
    shown = [{**asdict(clip), "is_kept": clip.is_kept} for clip in all_clips]
    with replacing(folder / FILE) as out:
        json.dump({"summary": whole, "clips": shown}, out, ensure_ascii=False, indent=1)
    return whole


def _why(cut: Cut, words: Words) -> str:
    if cut.fault:
        return cut.fault
    if cut.seconds > LONGEST_S:
        return "too_long"
    if words.is_by_hand and words.text:
        return ""  # whoever wrote its text has listened to it
    if cut.clipped > MOST_CLIPPED:
        return "clipped"
    if words.fault:
        return words.fault
    return "" if words.text else "no_text"
