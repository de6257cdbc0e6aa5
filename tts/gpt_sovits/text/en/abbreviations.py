"""Abbreviations with full stops, and which of those stops end a sentence as well. Pure."""

import re

from tts.gpt_sovits.text.en.abbreviation_words import BEFORE_NUMBERS, DAYS, OTHERS, STARTERS, TITLES, WAYS
from tts.gpt_sovits.text.en.dates import MONTHS
from tts.gpt_sovits.text.en.rewriting import Rule, any_of

STREET_NAME = r"\b(?P<name>[A-Z][a-z]+|\d+(?:st|nd|rd|th))"
INITIALS = r"(?:[A-Za-z]\.)+[A-Za-z]\b\.?|Ph\.\s?D\b\.?|[A-Z]\.(?:\s[A-Z]\.)+"
BEFORE_INITIAL = r"\A|\b(?:[A-Z][a-z]+|by|and|with|from|of|to|like)\s"
WORDS_TOO = {"Sat", "Sun"}
DOTLESS_TITLES = ("Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Mt")

NEXT_WORD = r"(?:(?=\s+(?P<next>[A-Za-z']+))|(?=(?P<end>\s*)\Z))?"


def _with_stop(match: re.Match[str], words: str) -> str:
    """Keep the stop of an abbreviation where a sentence ends with it."""
    return f"{words}." if match["end"] is not None or match["next"] in STARTERS else words


def _initials(match: re.Match[str]) -> str:
    letters = "".join(re.findall("[A-Za-z]", match[1]))
    if letters.lower() in ("eg", "ie"):
        return "for example" if letters.lower() == "eg" else "that is"
    return _with_stop(match, " ".join(letters.upper()))


def _middle_initial(match: re.Match[str]) -> str:
    return match[0] if match["next"] in STARTERS else f"{match[1]}{match[2]}"


def _street(match: re.Match[str]) -> str:
    has_stop = "stop" not in match.re.groupindex or match["stop"]
    return f"{match['name']} {WAYS[match['way']]}{'.' if has_stop else ''}"


RULES: tuple[Rule, ...] = (
    (re.compile(r"\bet al\."), "et al"),
    (re.compile(r"\bvs?\.(?=\s)|\bvs\b"), "versus"),
    (re.compile(r"\bw/o(?![A-Za-z])"), "without"),
    (re.compile(r"\bw/(?=\s?[A-Za-z])"), "with "),
    (re.compile(rf"\b({any_of(BEFORE_NUMBERS)})\.\s?(?=\d)"), lambda match: f"{BEFORE_NUMBERS[match[1]]} "),
    (re.compile(rf"{STREET_NAME} (?P<way>{any_of(WAYS)})\.(?= (?:{any_of(STARTERS)})\b)"), _street),
    (re.compile(rf"{STREET_NAME} (?P<way>{any_of(WAYS)})\b(?P<stop>\.(?=\s*\Z))?\.?(?! ?[A-Z][a-z])"), _street),
    (
        re.compile(rf"\b({any_of(DAYS)})\b\.?\s?[-–]\s?({any_of(DAYS)})\b\.?"),
        lambda match: f"{DAYS[match[1]]} to {DAYS[match[2]]}",
    ),
    (re.compile(rf"\b({any_of(DAYS)})\.?,?(?= (?:{any_of(MONTHS)}|\d))"), lambda match: f"{DAYS[match[1]]},"),
    (re.compile(rf"\b({any_of(TITLES)})\.\s?(?=[A-Z])"), lambda match: f"{TITLES[match[1]]} "),
    (re.compile(r"\b(Mr|Mrs|Ms|Dr|Prof)\.(?=\s(?:and|or|&)\s)"), lambda match: TITLES[match[1]]),
    (re.compile(rf"\b({any_of(DOTLESS_TITLES)})\s(?=[A-Z])"), lambda match: f"{TITLES[match[1]]} "),
    (re.compile(r"\b(mr|mrs|ms|dr|prof)\.\s(?=[a-z])"), lambda match: f"{TITLES[match[1].title()]} "),
    (re.compile(rf"(?<![A-Za-z.])({INITIALS}){NEXT_WORD}"), _initials),
    (re.compile(rf"({BEFORE_INITIAL})([A-HJ-Z])\.(?=\s(?P<next>[A-Z][a-z]+))"), _middle_initial),
    (re.compile(r"(\A|\b[a-z]+\s)([A-HJ-Z])\.(?=\s[a-z])"), r"\1\2"),
    (re.compile(rf"\b({any_of(OTHERS)})\.{NEXT_WORD}"), lambda match: _with_stop(match, OTHERS[match[1]])),
    (
        re.compile(rf"\b({any_of(DAYS.keys() - WORDS_TOO)})\.{NEXT_WORD}"),
        lambda match: _with_stop(match, DAYS[match[1]]),
    ),
)
