"""What becomes of the last consonant of a syllable and the first of the next where they meet. Pure."""

import re
from itertools import product

from tts.gpt_sovits.text.ko.jamo import TAILS
from tts.gpt_sovits.text.spelling import RuleSet

Sounds = tuple[str, str]
"""The last consonant of a syllable, empty if it is gone, and the first of the next."""

STOPS = {**dict.fromkeys("ᆨᆩᆪᆰᆿ", "ᆨ"), **dict.fromkeys("ᆮᆺᆻᆽᆾᇀ", "ᆮ"), **dict.fromkeys("ᆵᆸᆹᇁ", "ᆸ")}
"""How stopped consonants sound before silence."""
REDUCED = {"ᆬ": "ᆫ", "ᆱ": "ᆷ", "ᆲ": "ᆯ", "ᆳ": "ᆯ", "ᆴ": "ᆯ"}
BREATHED = {"ᇂ": "", "ᆭ": "ᆫ", "ᆶ": "ᆯ"}
"""What is left of a consonant whose breath goes over to the next."""
ALONE = {**STOPS, **REDUCED, **BREATHED, "ᇂ": "ᆮ"}

NASALS = {"ᆨ": "ᆼ", "ᆮ": "ᆫ", "ᆸ": "ᆷ"}
TENSE = dict(zip("ᄀᄃᄇᄉᄌ", "ᄁᄄᄈᄊᄍ", strict=True))
WITH_BREATH = dict(zip("ᄀᄃᄉᄌ", "ᄏᄐᄊᄎ", strict=True))
BREATH_AFTER = {"ᆨ": "ᄏ", "ᆮ": "ᄐ", "ᆸ": "ᄑ"}
ONSETS = "ᄒᄀᄁᄂᄃᄄᄅᄆᄇᄈᄉᄊᄌᄍᄎᄏᄐᄑ"
"""All but the silent one, to which a consonant moves over."""

OTHERWISE: dict[str, Sounds] = {
    **dict.fromkeys(("ᆰᄏ", "ᆰᄒ"), ("ᆯ", "ᄏ")),
    **dict.fromkeys(("ᆬᄅ", "ᆭᄅ", "ᆫᄅ", "ᆳᄂ", "ᆴᄂ", "ᆶᄂ", "ᆯᄂ"), ("ᆯ", "ᄅ")),
    **dict.fromkeys(("ᆷᄅ", "ᆱᄅ"), ("ᆷ", "ᄂ")),
    **dict.fromkeys(("ᆹᄒ", "ᆵᄒ"), ("ᆸ", "ᄑ")),
    "ᆼᄅ": ("ᆼ", "ᄂ"),
    "ᆽᄒ": ("", "ᄎ"),
    "ᆬᄒ": ("ᆫ", "ᄎ"),
    "ᆲᄒ": ("ᆯ", "ᄑ"),
    "ᆲᄂ": ("ᆷ", "ᄂ"),
    "ᆲᄆ": ("ᆷ", "ᄆ"),
    "ᇂᄂ": ("ᆫ", "ᄂ"),
}
UPSTREAM_SLIPS: dict[str, Sounds] = {
    "ᇁᄅ": ("ᆫ", "ᄂ"),
    "ᆰᄐ": ("ᆨ", "ᄑ"),
    "ᆹᄏ": ("ᆸ", "ᄑ"),
    **{pair: (pair[0], pair[1]) for pair in ("ᆵᄏ", "ᆰᄑ", "ᆲᄐ", "ᆲᄑ", "ᆳᄐ", "ᆳᄑ", "ᆵᄐ", "ᆵᄑ", "ᆹᄐ", "ᆹᄑ")},
}
"""Cells of upstream's table that are wrong or empty."""

MEETING = re.compile(f"([{TAILS}])( ?)([{ONSETS}])")
BEFORE_SILENCE = re.compile(rf"([{''.join(ALONE)}])(?=\W|$)")


class Contact:
    """Applies to words that touch as well as inside a word: one blank is as good as none."""

    def __init__(self, rules: RuleSet):
        slips = UPSTREAM_SLIPS if rules == "compat" else {}
        pairs = map("".join, product(TAILS, ONSETS))
        self._table = {pair: slips.get(pair) or OTHERWISE.get(pair) or _sounds(*pair) for pair in pairs}
        self._swallowing = "ᆶ" if rules == "compat" else ""

    def apply(self, jamo: str) -> str:
        jamo = MEETING.sub(self._met, jamo)
        if self._swallowing:
            jamo = re.sub(rf"{self._swallowing}\W", ALONE[self._swallowing], jamo)
        return BEFORE_SILENCE.sub(lambda tail: ALONE[tail[0]], jamo)

    def _met(self, meeting: re.Match[str]) -> str:
        tail, blank, onset = meeting.groups()
        tail, onset = self._table[tail + onset]
        return f"{tail}{blank}{onset}"


def _sounds(tail: str, onset: str) -> Sounds:
    if tail in STOPS:
        return _after_stop(STOPS[tail], onset)
    if tail in BREATHED:
        return BREATHED[tail], WITH_BREATH.get(onset, onset)
    if tail in REDUCED:
        return REDUCED[tail], TENSE.get(onset, onset) if tail in "ᆲᆳ" else onset
    return tail, onset


def _after_stop(stop: str, onset: str) -> Sounds:
    if onset in "ᄂᄆᄅ":
        return NASALS[stop], onset.replace("ᄅ", "ᄂ")
    if onset == "ᄒ":
        return "", BREATH_AFTER[stop]
    return stop, TENSE.get(onset, onset)
