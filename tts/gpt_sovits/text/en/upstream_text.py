"""English text as upstream GPT-SoVITS writes it out: numbers in words, letters and six marks. Its slips are kept. Pure.

The order of the steps is part of the result: most of them see the output of those before.
"""

import re
import unicodedata
from collections.abc import Callable

from tts.gpt_sovits.text.en.number_words import LARGEST, as_number, cardinal, digits, ordinal, year
from tts.gpt_sovits.text.en.rewriting import Rule, rewrite

SENTENCE_ENDS = {"。": ".", "！": "!", "？": "?"}
FULL_WIDTH_END = re.compile("[。！？]")
LIST_NUMBER = re.compile(r"\b([0-9]+)\. ")

UNITS = {
    "m": ("meter", "meters"),
    "km": ("kilometer", "kilometers"),
    "ft": ("feet", "feet"),
    "L": ("liter", "liters"),
    "tbsp": ("tablespoon", "tablespoons"),
    "tsp": ("teaspoon", "teaspoons"),
    "h": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "s": ("second", "seconds"),
    "°C": ("degree celsius", "degrees celsius"),
    "°F": ("degree fahrenheit", "degrees fahrenheit"),
}
OPERATORS = {"+": "plus", "-": "minus", "×": "times", "÷": "divided by", "=": "Equals"}
POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹ˣʸⁿ"
OPERAND = rf"(?:-?\d+(?:\.\d+)?|\.\d+|[A-Za-z])[{POWERS}]*"
SUM = re.compile(rf"({OPERAND})\s+([-+×÷=])\s+({OPERAND})")

REPEATED_MARKS = re.compile(r"([!?…,.\s-])[!?…,.-]+")


def upstream_text(text: str) -> str:
    """Write a text out in the letters A-Z, a-z, apostrophe, blank and the marks . , ! ? -"""
    text = FULL_WIDTH_END.sub(lambda mark: SENTENCE_ENDS[mark[0]], text)
    text = _with_sums(LIST_NUMBER.sub(_list_number, text))
    text = rewrite(text, NUMBERS)
    text = "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")
    return rewrite(text, LETTERS)


def _with_sums(text: str) -> str:
    """Say operators between blanks; a result can be the operand of the next, so until none is left."""
    found = 1
    while found:
        text, found = SUM.subn(lambda sum: f"{sum[1]} {OPERATORS[sum[2]]} {sum[3]}", text)
    return text


def _list_number(match: re.Match[str]) -> str:
    last_two = int(match[1][-2:])
    endings = {1: "st", 2: "nd", 3: "rd"}
    ending = "th" if last_two // 10 == 1 else endings.get(last_two % 10, "th")
    return f"{match[1]}{ending}, "


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    minutes = cardinal(minute) if minute else "o'clock"
    return f"{cardinal(hour - 12 if hour > 12 else hour)} {minutes} {'a.m.' if hour < 12 else 'p.m.'}"


def _measure(match: re.Match[str]) -> str:
    one, many = UNITS[match[3]]
    return f"{match[1]} {one if not match[2] and as_number(match[1]) == 1 else many}"


def _money(unit: str, units: str, hundredth: str, hundredths: str) -> Callable[[re.Match[str]], str]:
    def words(match: re.Match[str]) -> str:
        whole, *decimals = match[1].replace(",", "").split(".")
        if len(decimals) > 1:
            return f"{match[1]} {units}"
        amount = as_number(whole or "0")
        small = as_number(decimals[0].ljust(2, "0")) if decimals else 0
        parts = [f"{amount} {unit if amount == 1 else units}"] if amount else []
        parts += [f"{small} {hundredth if small == 1 else hundredths}"] if small else []
        return " and ".join(parts) or f"zero {units}"

    return words


def _fraction(match: re.Match[str]) -> str:
    above, below = as_number(match[1]), as_number(match[2])
    words = cardinal(above, " and ")
    if below == 1:
        return words
    if below == 2:
        return f"{words} {'half' if above == 1 else 'halves'}"
    return f"{words} {ordinal(below, ' and ')}{'s' if above > 1 else ''}"


def _number(match: re.Match[str]) -> str:
    number = as_number(match[0])
    if number == LARGEST:
        return digits(match[0])
    if 1000 < number < 3000:
        return f"ten oh {cardinal(number % 10)}" if number < 1010 else year(number)
    return cardinal(number)


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(as_number(match[1]), " and ")


POUNDS = _money("pound", "pounds", "penny", "pence")
DOLLARS = _money("dollar", "dollars", "cent", "cents")

NUMBERS: tuple[Rule, ...] = (
    (re.compile(r"(?:\A|(?<!\s)\s+)-(\d+)"), r"negative \1"),
    (re.compile(r"[0-9][0-9,]+[0-9]"), lambda number: number[0].replace(",", "")),
    (re.compile(r"\b([01]?[0-9]|2[0-3]):([0-5][0-9])\b"), _time),
    (re.compile(rf"\b([0-9]+(\.[0-9]+)?)({'|'.join(UNITS)})\b"), _measure),
    (re.compile(r"£([0-9.,]*[0-9])"), POUNDS),
    (re.compile(r"([0-9.,]*[0-9])£"), POUNDS),
    (re.compile(r"\$([0-9.,]*[0-9])"), DOLLARS),
    (re.compile(r"([0-9.,]*[0-9])\$"), DOLLARS),
    (re.compile(r"([0-9]+)\.(\s*[0-9]+)"), lambda number: f"{number[1]} point {' '.join(number[2])}"),
    (re.compile("([0-9]+)/([0-9]+)"), _fraction),
    (re.compile("([0-9]+)(?:st|nd|rd|th)"), _ordinal),
    (re.compile("[0-9]+"), _number),
)
LETTERS: tuple[Rule, ...] = (
    (re.compile("%"), " percent"),
    (re.compile("[^ A-Za-z'.,?!-]"), ""),
    (re.compile(r"(?i)i\.e\."), "that is"),
    (re.compile(r"(?i)e\.g\."), "for example"),
    (re.compile(r"(?<=\S)([A-Z])"), r" \1"),
    (REPEATED_MARKS, r"\1"),
)
