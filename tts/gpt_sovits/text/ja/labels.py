"""Phones and pitch marks from Open JTalk's full-context labels. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

ACCENT_BORDER = "#"
"""No symbol of the models, which have learnt it as UNK."""
FALL, RISE = "]", "["
PAUSE = "_"
ABSENT = -50

LABEL = re.compile(
    r"-(?P<phone>[^+]*)\+.*?/A:(?:(?P<to_accent>-?\d+)\+(?P<mora>\d+)\+(?P<to_end>\d+)|xx\+xx\+xx)/.*?/F:(?:(?P<moras>\d+)|xx)_"
)


@dataclass(frozen=True)
class Label:
    """A phone and its place in its accent phrase.

    to_accent: the mora's distance to the one that bears the accent. mora, to_end: the mora's number from the start and
    from the end of the phrase. moras: the length of the phrase.
    """

    phone: str
    to_accent: int
    mora: int
    to_end: int
    moras: int


def parse(label: str) -> Label:
    match = LABEL.search(label)
    assert match, label
    numbers = (int(match[name] or ABSENT) for name in ("to_accent", "mora", "to_end", "moras"))
    return Label(match["phone"], *numbers)


def phones_of(labels: list[str]) -> Iterator[str]:
    """Every phone, followed by a pitch mark where the pitch changes or an accent phrase ends.

    Unvoiced vowels become ordinary ones; the silence around the whole is left out.
    """
    parsed = [parse(label) for label in labels]
    for label, following in pairwise(parsed):
        if label.phone == "sil":
            continue
        if label.phone == "pau":
            yield PAUSE
            continue
        yield label.phone.lower() if label.phone in "AEIOU" else label.phone
        yield from _mark_behind(label, following)


def _mark_behind(label: Label, following: Label) -> Iterator[str]:
    ends_mora = label.phone in "aeiouAEIOUN" or label.phone == "cl"
    if label.to_end == 1 and following.mora == 1 and ends_mora:
        yield ACCENT_BORDER
    elif label.to_accent == 0 and following.mora == label.mora + 1 and label.mora != label.moras:
        yield FALL
    elif label.mora == 1 and following.mora == 2:
        yield RISE
