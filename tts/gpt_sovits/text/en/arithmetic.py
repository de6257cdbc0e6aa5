"""Fractions, ratios, ranges and sums. Pure."""

import re

from tts.gpt_sovits.text.en.number_words import as_number, cardinal, ordinal
from tts.gpt_sovits.text.en.rewriting import Rule

LARGEST_NAMED_PART = 20
"""Fractions with larger denominators are said with "over", apart from a few round ones."""
ROUND_PARTS = frozenset((25, 30, 40, 50, 60, 100, 1000))
LEAST_RATING = 5
"""From 5/10 on, tenths and hundredths are taken for ratings: eight out of ten."""

RATED = (" star", "-star", " rating", " review")

FIGURES = r"\d+(?:\.\d+)?"
ALONE = r"(?<![\w/.])"
OPERAND_LEFT = r"(?:(?<=\d)|(?<=\))|(?<=\b[A-Za-z]))"
DONE = r"(?![\w/]|\.\d)"


def _fraction(match: re.Match[str]) -> str:
    above, below = as_number(match[1]), as_number(match[2])
    is_rating = below in (10, 100) and LEAST_RATING <= above <= below
    if is_rating or match.string[match.end() :].startswith(RATED):
        return f"{cardinal(above)} out of {cardinal(below)}"
    if match[0] == "24/7" or above == below:
        return f"{cardinal(above)} {cardinal(below)}"
    return _parts(above, below)


def _parts(above: int, below: int) -> str:
    words = cardinal(above)
    if below in (0, 1) or (below > LARGEST_NAMED_PART and below not in ROUND_PARTS):
        return f"{words} over {cardinal(below)}"
    if below == 2:
        return f"{words} {'half' if above == 1 else 'halves'}"
    return f"{words} {ordinal(below)}{'' if above == 1 else 's'}"


def _mixed(match: re.Match[str]) -> str:
    above, below = as_number(match[2]), as_number(match[3])
    words = f"a {_parts(1, below).removeprefix('one ')}" if above == 1 and below in (2, 4) else _parts(above, below)
    return f"{cardinal(as_number(match[1]))} and {words}"


FRACTIONS: tuple[Rule, ...] = (
    (re.compile(rf"{ALONE}(\d+) (\d+)/(\d+){DONE}"), _mixed),
    (re.compile(rf"{ALONE}(\d+)/(\d+){DONE}"), _fraction),
    (re.compile(rf"{ALONE}(\d+\.\d+)/(\d+){DONE}"), r"\1 out of \2"),
    (re.compile(rf"(?<![\d:])({FIGURES})\s?:\s?(?={FIGURES}(?![\d:]))"), r"\1 to "),
)

POWERS: tuple[Rule, ...] = (
    (re.compile(r"(?<=\w)²|(?<=[\w)])\s?\^\s?2\b"), " squared "),
    (re.compile(r"(?<=\w)³|(?<=[\w)])\s?\^\s?3\b"), " cubed "),
    (re.compile(r"(?<=[\w)])\s?\^\s?(?=[\w(-])"), " to the power of "),
)

RANGES: tuple[Rule, ...] = (
    (re.compile(r"(?<![\w.,-])(\d+)-\1(?![\w-])"), r"\1 \1"),
    (re.compile(r"(?<=\b[12]\d{3}) - (?=[12]\d{3}\b(?! =))"), " to "),
    (re.compile(r"(?<=[\d)]) - (?=[\d(])|(?<=\d)-(?=\d+(?:\.\d+)?\s?=)"), " minus "),
    (re.compile(r"(?<![\w-])([A-Za-z0-9]+) - ([A-Za-z0-9]+)(?= =)"), r"\1 minus \2"),
    (re.compile(rf"{ALONE}(\d+)((?:-\d+){{2,}})(?![\w-])"), lambda match: f"{match[1]}{match[2].replace('-', ' ')}"),
    (re.compile(r"((?<![\w.,-])[\d,.]*\d(?: percent| million| billion| thousand)?)\s?[-–—]\s?(?=\d)"), r"\1 to "),
    (re.compile(r"(?<=\d)\s?[–—]\s?(?=\d)"), " to "),
    (re.compile(r"(?<![\w)])-(?=\.?\d)"), " negative "),
    (re.compile(r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=\w)"), " "),
)

SIGNS: tuple[Rule, ...] = (
    (re.compile(r"(?<=\d)\s?[xX]\s?(?=\d+\s?=|10\s?(?:\^|to the))"), " times "),
    (re.compile(r"(?<=\d)\s?[xX]\s?(?=\d)|(?<=[a-z])\s[xX]\s(?=\d)"), " by "),
    (re.compile(r"(?<=\d) / (?=\d)"), " divided by "),
    (re.compile(r"(?<![=+*/<>-]\s)(?<![=+*/<>.-])\b([\d.]*\d)[xX×](?!\w|\s?[+=^²³-])"), r"\1 times"),
    (re.compile(r"\s?×\s?|(?<=\d)\s?\*\s?(?=\d)"), " times "),
    (re.compile(r"\s?÷\s?"), " divided by "),
    (re.compile(r"\s?≥\s?|(?<=\w)\s?>=\s?(?=\w)"), " is greater than or equal to "),
    (re.compile(r"\s?≤\s?|(?<=\w)\s?<=\s?(?=\w)"), " is less than or equal to "),
    (re.compile(r"\s?≠\s?|\s?!=\s?"), " is not equal to "),
    (re.compile(r"\s?≈\s?"), " is approximately "),
    (re.compile(r"\s?(?:±|\+/-)\s?"), " plus or minus "),
    (re.compile(r"\s?={1,3}\s?"), " equals "),
    (re.compile(r"(?<=\w)\s*\+\s*|(?<!\S)\+(?=\d)"), " plus "),
    (re.compile(rf"{OPERAND_LEFT}\s?<\s?(?=-?[\d$(]|[A-Za-z]\b)"), " is less than "),
    (re.compile(rf"{OPERAND_LEFT}\s?>\s?(?=-?[\d$(]|[A-Za-z]\b)"), " is greater than "),
    (re.compile(r"(?<!\S)<\s?(?=\d)"), " less than "),
    (re.compile(r"(?<!\S)>\s?(?=\d)"), " more than "),
    (re.compile(r"(?<=\w) > (?=[A-Z])"), ", "),
    (re.compile(r"√"), " square root of "),
    (re.compile(r"∞"), " infinity "),
    (re.compile(r"~\s?(?=\d)"), " about "),
)

RULES = (*FRACTIONS, *POWERS, *RANGES, *SIGNS)
