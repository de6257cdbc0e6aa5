"""espeak-ng's phones: which of them are one for us, and which one each frame of 20 ms is in. Pure."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

SILENCE = "_"
STRESS = re.compile(r"^['%,=]+")
VARIANT = re.compile(r"(?<=\D)[\d:]+$|;$")
"""Length and free variants of one sound, and palatalisation."""
FRAME_S = 0.02
RAREST = 30
"""Frames; who is met less often cannot be learnt."""

Events = Sequence[tuple[float, str]]
"""From when on, in seconds, and what espeak-ng calls it."""


def phone_of(name: str) -> str:
    """Without stress; what is no sound is SILENCE."""
    bare = VARIANT.sub("", STRESS.sub("", name))
    return bare if any(each not in "_:|;" for each in bare) else SILENCE


def frames_of(events: Events, count: int, shift_s: float = 0.0125) -> list[str]:
    """The phone at each frame's middle. shift_s: of the first, from the beginning."""
    begins = [begin for begin, _ in events]
    phones = [phone_of(name) for _, name in events]
    places = [bisect_right(begins, shift_s + i * FRAME_S) - 1 for i in range(count)]
    return [phones[place] if place >= 0 else SILENCE for place in places]


def sequence_of(events: Events) -> list[str]:
    """What is said, one after the other, without silence."""
    return [phone for _, name in events if (phone := phone_of(name)) != SILENCE]


def inventory(frames: Sequence[Sequence[str]]) -> list[str]:
    """SILENCE first, then the phones that are met often enough, in alphabetical order."""
    counts = Counter(phone for each in frames for phone in each)
    return [SILENCE, *sorted(phone for phone, count in counts.items() if count >= RAREST and phone != SILENCE)]


def collapsed(frames: Sequence[str], shortest: int = 2) -> list[str]:
    """Frames as a sequence: what lasts less than `shortest` frames was a slip, silence is nothing."""
    runs: list[tuple[str, int]] = []
    for phone in frames:
        if runs and runs[-1][0] == phone:
            runs[-1] = (phone, runs[-1][1] + 1)
        else:
            runs.append((phone, 1))
    kept = [phone for phone, length in runs if length >= shortest]
    joined = [phone for i, phone in enumerate(kept) if not i or kept[i - 1] != phone]
    return [phone for phone in joined if phone != SILENCE]


def edit_distance(said: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein's."""
    above = list(range(len(heard) + 1))
    for i, one in enumerate(said, 1):
        row = [i]
        for j, other in enumerate(heard, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (one != other)))
        above = row
    return above[-1]
