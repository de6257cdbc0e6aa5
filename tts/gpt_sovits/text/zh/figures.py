"""Figures, units and signs as the hanzi that are read aloud: all rules, in the order in which they apply. Pure."""

import re

from tts.gpt_sovits.text.zh.arithmetic import ARITHMETIC
from tts.gpt_sovits.text.zh.calendar import CALENDAR
from tts.gpt_sovits.text.zh.clock import CLOCK
from tts.gpt_sovits.text.zh.codes import CODES
from tts.gpt_sovits.text.zh.context import after, before, rules
from tts.gpt_sovits.text.zh.measures import MEASURES
from tts.gpt_sovits.text.zh.money import MONEY
from tts.gpt_sovits.text.zh.numerals import digit_by_digit, number
from tts.gpt_sovits.text.zh.quantities import NEXT_COUNTS, counted, quantity, whole
from tts.gpt_sovits.text.zh.signs import GREEK

HAS_FIGURES = re.compile(r"[\d°+=<>/%&~±√≈≠≤≥⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ-]")
BEHIND_A_SHORT_ONE = re.compile(r"(?:\D|^)\d\d[，、]$")
"""In a row of numbers, one of three figures after one of two is as much a quantity: 80，120."""

NAMES = str.maketrans({**GREEK, "%": "百分号", "°": "度", "∠": "角", "∞": "无穷大", "∵": "因为", "∴": "所以"})


def say_figures(text: str) -> str:
    """Replace the figures of a text that `written.tidy` has made ready."""
    if HAS_FIGURES.search(text):
        for pattern, words in RULES:
            text = pattern.sub(words, text)
    return text.translate(NAMES)


def _negative(match: re.Match[str]) -> str:
    return f"负{number(match[1]) if '.' in match[1] else counted(match[1], after(match))}"


def _decimal(match: re.Match[str]) -> str:
    return number(match[0])


def _more(match: re.Match[str]) -> str:
    return f"{quantity(match[1])}多"


def _whole(match: re.Match[str]) -> str:
    if len(match[0]) == 3 and BEHIND_A_SHORT_ONE.search(match.string[: match.start()][-4:]):
        return quantity(match[0])
    return whole(match[0], before(match), after(match))


def _resolution_lines(match: re.Match[str]) -> str:
    return digit_by_digit(match[1], yao=True)


REST = rules(
    (r"(?<![\dA-Za-z零一二两三四五六七八九十百千万亿])-(\d+(?:\.\d+)?)", _negative),
    (rf"(\d+)\+(?={NEXT_COUNTS.pattern})", _more),
    (r"(?<!\d)(480|720|1080|1440|2160)(?=[pPiI](?![A-Za-z]))", _resolution_lines),
    ("°[Cc]", "摄氏度"),
    ("°F", "华氏度"),
    (r"\d+\.\d+|\.\d+", _decimal),
    (r"\d+", _whole),
)
RULES = (*CODES[:1], *MONEY, *CALENDAR, *CODES[1:], *CLOCK, *MEASURES, *ARITHMETIC, *REST)
