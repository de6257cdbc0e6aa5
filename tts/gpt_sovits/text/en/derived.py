"""How a word is said that no dictionary has, but one it is made from: other spellings, endings, beginnings. Pure."""

import re
from collections.abc import Callable

from tts.gpt_sovits.text.en.arpa import VOICELESS, Phones, with_s

Lookup = Callable[[str], Phones | None]

BRITISH = (
    (re.compile(r"is(e[ds]?|ing|ation|ations|er|ers)\Z"), r"iz\1"),
    (re.compile(r"yse([ds]?)\Z"), r"yze\1"),
    (re.compile(r"our(s|ed|ing|ite|ites|able|ful|less|al)?\Z"), r"or\1"),
    (re.compile(r"tre(s?)\Z"), r"ter\1"),
    (re.compile(r"ll(ed|ing|er|ers)\Z"), r"l\1"),
    (re.compile(r"ence\Z"), "ense"),
    (re.compile(r"ogue(s?)\Z"), r"og\1"),
)
DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
DOUBLED = re.compile(r"ee|.oo.|oo..")
"""Where a drawn-out vowel is more likely a long one: goood is good, but sooo is so."""

ENDINGS: dict[str, Phones] = {
    "able": ("AH0", "B", "AH0", "L"),
    "ness": ("N", "AH0", "S"),
    "less": ("L", "AH0", "S"),
    "ful": ("F", "AH0", "L"),
    "ment": ("M", "AH0", "N", "T"),
    "ing": ("IH0", "NG"),
    "ers": ("ER0", "Z"),
    "er": ("ER0",),
    "ly": ("L", "IY0"),
    "ed": (),
}
SHORTEST_STEM = 3
BEGINNINGS: dict[str, Phones] = {
    "un": ("AH0", "N"),
    "re": ("R", "IY0"),
    "non": ("N", "AA0", "N"),
    "pre": ("P", "R", "IY0"),
    "sub": ("S", "AH0", "B"),
    "multi": ("M", "AH2", "L", "T", "IY0"),
    "inter": ("IH2", "N", "T", "ER0"),
    "over": ("OW2", "V", "ER0"),
    "under": ("AH2", "N", "D", "ER0"),
    "super": ("S", "UW2", "P", "ER0"),
    "micro": ("M", "AY2", "K", "R", "OW0"),
    "nano": ("N", "AE2", "N", "OW0"),
    "mega": ("M", "EH2", "G", "AH0"),
    "kilo": ("K", "IH2", "L", "AH0"),
    "cyber": ("S", "AY2", "B", "ER0"),
    "crypto": ("K", "R", "IH2", "P", "T", "OW0"),
}
SHORTEST_REST = 4


def derived(word: str, lookup: Lookup) -> Phones:
    """Pronounce a word of a-z by one that `lookup` knows; empty where there is none."""
    return _spelled_otherwise(word, lookup) or _plural(word, lookup) or _ended(word, lookup) or _begun(word, lookup)


def with_ed(stem: Phones) -> Phones:
    """Add the sound of a past tense: played, liked, wanted."""
    last = stem[-1] if stem else ""
    if last in ("T", "D"):
        return (*stem, "IH0", "D")
    return (*stem, "T") if last in VOICELESS or last in ("S", "SH", "CH") else (*stem, "D")


def _spelled_otherwise(word: str, lookup: Lookup) -> Phones:
    for pattern, american in BRITISH:
        if (other := pattern.sub(american, word)) != word and (known := lookup(other)):
            return known
    if DRAWN_OUT.search(word):
        once, twice = DRAWN_OUT.sub(r"\1", word), DRAWN_OUT.sub(r"\1\1", word)
        likely, other = (twice, once) if DOUBLED.search(twice) else (once, twice)
        return lookup(likely) or lookup(other) or ()
    return ()


def _plural(word: str, lookup: Lookup) -> Phones:
    if len(word) <= SHORTEST_STEM or not word.endswith("s") or word.endswith("ss"):
        return ()
    known = lookup(word[:-1]) or (lookup(word[:-2]) if word.endswith("es") else None)
    return with_s(known) if known else ()


def _ended(word: str, lookup: Lookup) -> Phones:
    for ending, sound in ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < SHORTEST_STEM:
            continue
        is_single = len(stem) > SHORTEST_STEM and stem[-1] == stem[-2]
        known = lookup(stem) or lookup(f"{stem}e") or (lookup(stem[:-1]) if is_single else None)
        if known:
            return with_ed(known) if ending == "ed" else (*known, *sound)
    return ()


def _begun(word: str, lookup: Lookup) -> Phones:
    for beginning, sound in BEGINNINGS.items():
        rest = word.removeprefix(beginning)
        if rest != word and len(rest) >= SHORTEST_REST and (known := lookup(rest)):
            return (*sound, *known)
    return ()
