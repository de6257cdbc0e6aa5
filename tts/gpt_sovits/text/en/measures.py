"""Figures with units: 5 km, 60mph, 16GB, 25 °C, 50 %. Pure."""

import re

from tts.gpt_sovits.text.en.rewriting import Rule, any_of, is_attribute
from tts.gpt_sovits.text.en.unit_words import ONLY_CLOSE, PER, PLURALS, SAME_PLURAL, UNITS

NUMBER = r"(?P<number>(?<![\w./])(?:\d+ )?\d+/\d+|(?<![\w./])\d[\d,]*(?:\.\d+)?|(?<![\w.])\.\d+)"
SINGULAR = re.compile(r"1|\d+/\d+")
CLOSE = rf"(?:-?(?P<close>{any_of(UNITS)})|\s(?P<apart>{any_of(UNITS.keys() - ONLY_CLOSE)}))"
IN_INCHES = "screen|display|monitor|TV|laptop|tablet|pizza|wide|tall|long|deep|thick"
STOP = r"(?:(?<=[a-z])(?P<stop>\.)(?=\s[a-z0-9]))?"
"""A full stop in the middle of a sentence belongs to the unit."""


def plural(unit: str) -> str:
    """Form the plural of a unit: the first of its words for speeds, else the last."""
    head, per, tail = unit.partition(" per ")
    first, blank, last = head.rpartition(" ")
    if first.startswith("degree"):
        return f"degrees {last}"
    last = last if last.endswith(SAME_PLURAL) else PLURALS.get(last, f"{last}s")
    return f"{first}{blank}{last}{per}{tail}"


def _measure(match: re.Match[str]) -> str:
    unit = UNITS[match["close"] or match["apart"]]
    if match["per"]:
        unit += f" per {PER[match['per']]}"
    is_singular = SINGULAR.fullmatch(match["number"]) or "-" in match[0] or is_attribute(match)
    return f"{match['number']} {unit if is_singular else plural(unit)}"


def _height(match: re.Match[str]) -> str:
    return f"{match[1]} foot {match[2]}"


RULES: tuple[Rule, ...] = (
    (re.compile(r"(\d\s?h(?:rs?)?\s?\d{1,2})\s?m\b"), r"\1min"),
    (re.compile(r"(?<![\w.])(\d)\s?'\s?(\d{1,2})\s?(?:\"|''|(?!\w))"), _height),
    (
        re.compile(rf"{NUMBER}{CLOSE}{STOP}(?:\s?/\s?(?P<per>{any_of(PER)}))?(?![A-Za-z0-9²³]|-\d)"),
        _measure,
    ),
    (re.compile(rf"(?<=\d\.\d)\"|(?<=\d/\d)\"|(?<=\d/\d\d)\"|(?<=\d)\"(?= (?:{IN_INCHES})\b)"), " inch"),
    (re.compile(r"(?<=\d)\s?%"), " percent"),
    (re.compile(r"%"), " percent "),
    (re.compile(r"‰"), " per mille "),
    (re.compile(r"°\s?C\b"), " degrees celsius"),
    (re.compile(r"°\s?F\b"), " degrees fahrenheit"),
    (re.compile(r"°"), " degrees "),
)
