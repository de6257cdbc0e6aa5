"""Times of day. Pure."""

import re

from tts.gpt_sovits.text.en.abbreviation_words import STARTERS
from tts.gpt_sovits.text.en.number_words import cardinal
from tts.gpt_sovits.text.en.rewriting import Rule

SCORE = r"\b(?:scores?|scored|won|lost|beat|ratio|odds|result)(?: (?:of|was|is|it|them|us|by|the|game|match))* "
CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
HALF_DAY = r"(?:\s?(?P<half>[apAP])(?P<dots>\.\s?[mM]\b\.?|[mM]\b))"
NEXT_WORD = re.compile(r"\s+([A-Za-z']+)")


def _time(match: re.Match[str]) -> str:
    """Say an hour up to 12 as it is written, a later one with P M; an hour nobody's clock shows is a duration."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 24 or (hour == 24 and minute):
        return f"{cardinal(hour)} {_minutes(minute)}".rstrip()
    half_day = _half_day(match) or (" P M" if 12 < hour < 24 else "")
    if minute or half_day:
        return f"{cardinal(hour % 12 or 12)} {_minutes(minute)}".rstrip() + _seconds(match) + half_day
    return "midnight" if hour in (0, 24) else f"{cardinal(hour)} o'clock"


def _minutes(minute: int) -> str:
    if not minute:
        return ""
    return f"oh {cardinal(minute)}" if minute < 10 else cardinal(minute)


def _seconds(match: re.Match[str]) -> str:
    number = int(match["second"] or 0)
    return f" and {cardinal(number)} second{'' if number == 1 else 's'}" if number else ""


def _half_day(match: re.Match[str]) -> str:
    if not match["half"]:
        return ""
    rest = match.string[match.end() :]
    following = NEXT_WORD.match(rest)
    is_end = match["dots"].endswith(".") and (not rest.strip() or (following and following[1] in STARTERS))
    return f" {match['half'].upper()} M{'.' if is_end else ''}"


RULES: tuple[Rule, ...] = (
    (re.compile(r"\b0(\d)00(?= hours\b)"), r"oh \1 hundred"),
    (re.compile(r"(?<=\bnoon)-(?=\d)|(?<=\bmidnight)-(?=\d)"), " to "),
    (re.compile(rf"({SCORE}\d+):(?=\d)", re.IGNORECASE), r"\1 to "),
    (re.compile(r"(?<=\d)\s?[-–]\s?(?=\d{1,2}(?::\d\d)?\s?[ap]\.?m\b)", re.IGNORECASE), " to "),
    (re.compile(r"(?<=:\d\d)\s?[-–]\s?(?=\d{1,2}:\d\d)"), " to "),
    (re.compile(r"(?<=\d[ap]m)\s?[-–]\s?(?=\d)|(?<=[ap]\.m\.)\s?[-–]\s?(?=\d)", re.IGNORECASE), " to "),
    (re.compile(rf"(?<![\d:.]){CLOCK}(?![\d:]){HALF_DAY}?"), _time),
    (re.compile(rf"(?<![\d:.,$])(?P<hour>1[0-2]|0?[1-9])(?P<minute>)(?P<second>){HALF_DAY}(?![A-Za-z])"), _time),
)
