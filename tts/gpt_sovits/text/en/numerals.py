"""What is left of figures when dates, money and the like are said: ordinals, years, decimals, quantities. Pure."""

import re

from tts.gpt_sovits.text.en.abbreviation_words import STARTERS
from tts.gpt_sovits.text.en.dates import MONTH_NAMES, year_of_our_time
from tts.gpt_sovits.text.en.number_words import as_number, cardinal, digits, ordinal, quantity
from tts.gpt_sovits.text.en.rewriting import Rule

ROMAN = r"(?=[IVXL]+\b)(?P<tens>XC|XL|L?X{0,3})(?P<ones>IX|IV|V?I{0,3})"
ROMAN_TENS = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")
ROMAN_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
NOT_ROMAN = frozenset(("I", "V", "X", "L", "XL", "LI", "LV", "LX"))
"""Letters and sizes, unless a word like Chapter comes before."""
RULERS = (
    "Henry Louis Elizabeth Charles George William Edward James Richard Mary Pius Benedict Francis Philip Peter"
    " Catherine Alexander Nicholas Napoleon Leo Ivan Frederick Wilhelm Ramses Felipe Carlos Gregory Innocent"
    " Clement Urban Paul"
).split()
PARTS = "Chapter Part Volume Act Scene Phase Type Class Section Level Stage Article Title Book Episode Season".split()

YEAR_CUES = frozenset(
    (
        "in since by from until till of the year during before after to and between circa late early mid for spring"
        " summer autumn fall winter fiscal class"
    ).split()
) | {month.lower() for month in MONTH_NAMES}
NOT_COUNTED = frozenset("is was has as this us its his does across always perhaps plus minus equals".split())
FIRST_LIKELY_YEAR, LAST_LIKELY_YEAR = 1900, 2099
OFTEN_COUNTED = frozenset(
    (
        "people men women children students employees workers soldiers users customers visitors members patients"
        " dollars euros pounds yuan yen miles meters kilometers feet steps tons gallons liters calories words pages"
        " years days hours minutes seconds votes points times copies items units jobs homes"
    ).split()
)
"""Of these there may be 1999 or 2024 as well."""
COUNTED = r"(?P<things>[a-z]+s|people|men|women|children|percent|feet|sheep|fish)\b"

ALONE = r"(?<![\d.])"


def _roman(match: re.Match[str]) -> str:
    name, figures = match["name"], match["tens"] + match["ones"]
    if name in STARTERS or (figures in NOT_ROMAN and name not in PARTS):
        return match[0]
    number = 10 * ROMAN_TENS.index(match["tens"]) + ROMAN_ONES.index(match["ones"])
    return f"{name} {'the ' + ordinal(number) if name in RULERS else cardinal(number)}"


def _version(match: re.Match[str]) -> str:
    return f" {' point '.join(cardinal(as_number(part)) for part in match[0].split('.'))} "


def _decimal(match: re.Match[str]) -> str:
    return f" {cardinal(as_number((match[1] or '0').replace(',', '')))} point {digits(match[2])} "


def _counted(match: re.Match[str]) -> str:
    before = match["before"].strip().lower()
    is_like_year = (
        FIRST_LIKELY_YEAR <= int(match["number"]) <= LAST_LIKELY_YEAR and match["things"] not in OFTEN_COUNTED
    )
    if before in YEAR_CUES or match["things"] in NOT_COUNTED or is_like_year:
        return match[0]
    return match["before"] + quantity(int(match["number"]))


def _model(match: re.Match[str]) -> str:
    """Say a four-figure name: RTX 4090 -> forty ninety."""
    number = int(match[2])
    return f"{match[1]} {cardinal(number) if number % 1000 == 0 else year_of_our_time(number)}"


def _room(match: re.Match[str]) -> str:
    """Say the number of a door, a road or an aeroplane: 101 -> one oh one, 214 -> two fourteen."""
    hundreds, rest = divmod(int(match["number"]), 100)
    if not rest or hundreds % 10 == 0:
        return f"{match['name']} {cardinal(int(match['number']))}"
    return f"{match['name']} {cardinal(hundreds)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def _resolution(match: re.Match[str]) -> str:
    hundreds, rest = divmod(int(match[1]), 100)
    return f"{cardinal(hundreds)} {cardinal(rest) if rest else 'hundred'} P"


def _number(match: re.Match[str]) -> str:
    figures = match[0]
    if len(figures) > 1 and figures[0] == "0":
        return f" {digits(figures)} "
    number = as_number(figures)
    return f" {year_of_our_time(number) if 1000 < number < 3000 else cardinal(number)} "


RULES: tuple[Rule, ...] = (
    (re.compile(rf"\b(?P<name>[A-Z][a-z]+) {ROMAN}\b(?!['.]\w)"), _roman),
    (re.compile(r"(?<![\w(])(\d{1,2})\)(?=\s)"), r"\1,"),
    (re.compile(r"(\d[\d,]*)(?:st|nd|rd|th)\b", re.IGNORECASE), lambda m: _ordinal(m[1])),
    (re.compile(r"\b(480|720|1080|1440|2160)p\b"), _resolution),
    (re.compile(r"(?<=[Ee]rror )404\b|(?<=HTTP )404\b"), "four oh four"),
    (
        re.compile(
            r"\b(?P<name>[Rr]oom|[Ss]uite|Apartment|Highway|Route|Airbus A) ?(?P<number>[1-9]\d{2,3})\b(?![.,%]\d|%)"
        ),
        _room,
    ),
    (re.compile(r"(?<=\bBoeing )7\d7\b"), lambda jet: digits(jet[0])),
    (re.compile(r"\b([A-Z]{2,}|[Pp]ort)[ -]?([1-9]\d{3})\b(?![.,]\d)"), _model),
    (re.compile(rf"{ALONE}\d+(?:\.\d+){{2,}}"), _version),
    (re.compile(r"(?<!\d)(\d[\d,]*)?\.(\d+)"), _decimal),
    (re.compile(rf"{ALONE}\d{{1,3}}(?:,\d{{3}})+(?!\d)"), lambda m: quantity(as_number(m[0].replace(",", "")))),
    (re.compile(rf"(?P<before>\b[A-Za-z]+ |)\b(?P<number>[12]\d{{3}})\b(?= {COUNTED})"), _counted),
    (re.compile(r"\d+"), _number),
)

ITEM = re.compile(r"(?P<start>^|(?<=[.!?,;] ))(?P<number>\d{1,2})\.(?= )", re.MULTILINE)


def _ordinal(figures: str) -> str:
    return ordinal(as_number(figures.replace(",", "")), " and ")


def with_items(text: str) -> str:
    """Say the numbers of a list, `1. Open it. 2. Close it.`, which begins a line and goes on by ones."""
    expected = 0

    def item(match: re.Match[str]) -> str:
        nonlocal expected
        number = int(match["number"])
        is_first = match.start() == 0 or match.string[match.start() - 1] == "\n"
        if not is_first and number != expected:
            return match[0]
        expected = number + 1
        return f"{ordinal(number)},"

    return ITEM.sub(item, text)
