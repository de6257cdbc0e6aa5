"""Dates and decades. Days are said as ordinals, years in pairs; M/D/Y is read as Americans write it. Pure."""

import re

from tts.gpt_sovits.text.en.number_words import cardinal, ordinal, year
from tts.gpt_sovits.text.en.rewriting import Rule, any_of

MONTHS = (
    "January February March April May June July August September October November December"  # number 1 comes first
).split()
MONTH_NAMES = {month: month for month in MONTHS} | {month[:3]: month for month in MONTHS} | {"Sept": "September"}

DAY = r"(0?[1-9]|[12]\d|3[01])"
MONTH = r"(0?[1-9]|1[0-2])"
YEAR = r"(1\d{3}|20\d\d)"
NAME = rf"\b({any_of(MONTH_NAMES)})\b\.?"
TH = "(?:st|nd|rd|th)"
NO_FIGURE = r"(?<![\d./:$€£¥,-])"
NO_MORE = r"(?![\d/:%]|[.,-]\d)"
DATE_CUE = r"\b(?:on|by|before|after|since|until|till|due|dated|from)\s"
DECADE_CUE = r"\b(?:the|his|her|their|my|your|our|early|mid|late|mid-|since|those|swinging|roaring)"
OF_THE_TIME = "music|movies?|films?|style|fashion|hits?|pop|rock|kids?|child|era|nostalgia|hair|sitcoms?|songs?"


def decade(tens: int) -> str:
    """Say 90 -> nineties, 1990 -> nineteen nineties, 2000 -> two thousands."""
    words = year(tens) if tens >= 100 else cardinal(tens)
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def _date(month: str, day: str, of_year: str | None = None) -> str:
    words = f"{MONTHS[int(month) - 1]} {ordinal(int(day))}"
    return f"{words}, {_year(of_year)}" if of_year else words


def _year(figures: str) -> str:
    number = int(figures)
    if len(figures) == 2:
        number += 1900 if number > 50 else 2000
    return year_of_our_time(number)


def year_of_our_time(number: int) -> str:
    """Say a year; 2010 is two thousand ten, and 2011 twenty eleven."""
    return cardinal(number, comma=" ") if number == 2010 else year(number)


def _named(match: re.Match[str]) -> str:
    month, day, last_day, of_year = match.groups()
    words = f"{MONTH_NAMES[month]} {ordinal(int(day))}"
    if last_day:
        words += f" to {ordinal(int(last_day))}"
    return f"{words}, {_year(of_year)}" if of_year else words


def _day_first(match: re.Match[str]) -> str:
    """Say 5 May as `the fifth of May`; with `of` written, an article stands there or is not wanted."""
    article, day, of, month, of_year = match.groups()
    words = f"{'' if of and not article else 'the '}{ordinal(int(day))} of {MONTH_NAMES[month]}"
    return f"{words}, {_year(of_year)}" if of_year else words


def _slashed(match: re.Match[str]) -> str:
    first, second, of_year = match.groups()
    if int(first) > 12 and int(second) <= 12:
        first, second = second, first
    return _date(first, second, of_year) if int(first) <= 12 else match[0]


def _lone_decade(match: re.Match[str]) -> str:
    return decade(int(match[1]))


RULES: tuple[Rule, ...] = (
    (re.compile(rf"{NO_FIGURE}{YEAR}([-/.]){MONTH}\2{DAY}{NO_MORE}"), lambda m: _date(m[3], m[4], m[1])),
    (re.compile(rf"{NO_FIGURE}{DAY}[-/.]{DAY}[-/.]{YEAR}{NO_MORE}"), _slashed),
    (re.compile(rf"{NO_FIGURE}{DAY}/{DAY}/(\d\d){NO_MORE}"), _slashed),
    (re.compile(rf"{NO_FIGURE}9/11{NO_MORE}"), "nine eleven"),
    (re.compile(rf"(?i:({DATE_CUE})){MONTH}/{DAY}{NO_MORE}"), lambda m: m[1] + _date(m[2], m[3])),
    (
        re.compile(rf"((?:th|st|nd|rd) (?:to|and|or|through|until) ){MONTH}/{DAY}{NO_MORE}"),
        lambda m: m[1] + _date(m[2], m[3]),
    ),
    (re.compile(rf"{NO_FIGURE}{MONTH}/((?:19|20)\d\d){NO_MORE}"), lambda m: f"{MONTHS[int(m[1]) - 1]} {_year(m[2])}"),
    (
        re.compile(rf"{NAME} {DAY}{TH}?(?:\s?[-–]\s?{DAY}{TH}?)?(?:,? {YEAR})?(?![\d:%]|[.,/-]\d|\s?[ap]\.?m\b)"),
        _named,
    ),
    (re.compile(rf"(\bthe )?{NO_FIGURE}\b{DAY}{TH}? (of )?{NAME}(?:,? {YEAR})?(?![\d:%])"), _day_first),
    (re.compile(r"(?<![\w.])'(\d0)s\b"), _lone_decade),
    (re.compile(r"\b1000s\b"), "thousands"),
    (re.compile(r"\b([12]\d\d0)'?s\b"), _lone_decade),
    (re.compile(rf"(?i)({DECADE_CUE}\s?)([1-9]0)'?s\b"), lambda m: m[1] + decade(int(m[2]))),
    (re.compile(r"(ies(?:,| and| or| to| through) )([1-9]0)'?s\b"), lambda m: m[1] + decade(int(m[2]))),
    (re.compile(rf"\b([2-9]0)'?s(?= (?:{OF_THE_TIME})\b)"), _lone_decade),
    (re.compile(r"(?<![\w.])'(\d\d)\b(?!')"), lambda m: f"{'oh ' if m[1][0] == '0' else ''}{cardinal(int(m[1]))}"),
)
