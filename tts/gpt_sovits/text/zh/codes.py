"""Numbers that are taken down rather than counted: telephones, addresses of machines, versions, cards. Pure."""

import re

from tts.gpt_sovits.text.zh.context import before, rules
from tts.gpt_sovits.text.zh.numerals import cardinal, digit_by_digit

MOBILE = r"1[3-9]\d(?:([- ]?)\d{4}\1\d{4})"
ABROAD = r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\d{2,4}(?:[- ]?\d{3,4}){2,3}"
NOT_INSIDE = r"(?<![\d.])"
NOT_BEFORE = r"(?![\d]|\.\d|[- ]\d)"


def _groups(match: re.Match[str]) -> str:
    return "，".join(digit_by_digit(group, yao=True) for group in re.findall(r"\d+", match[0]))


def _international(match: re.Match[str]) -> str:
    groups = (match[1], *re.findall(r"\d+", match[2]))
    return "加" + "，".join(digit_by_digit(group, yao=True) for group in groups)


def _dotted(match: re.Match[str]) -> str:
    """Short groups of a version as numbers, those of an address figure by figure."""
    groups = match[0].split(".")
    if any(len(group) > 2 for group in groups):
        return "点".join(map(digit_by_digit, groups))
    return "点".join(_group_of_version(group) for group in groups)


def _group_of_version(figures: str) -> str:
    return digit_by_digit(figures) if figures[0] == "0" or len(figures) == 1 else cardinal(figures)


def _barred(match: re.Match[str]) -> str:
    return "杠".join(digit_by_digit(group, yao=len(group) > 2) for group in match[0].split("-"))


def _telephone(match: re.Match[str]) -> str:
    return _groups(match) if re.search("电话|热线|座机|拨打?|打|传真|号码?是?|：|:", before(match)) else match[0]


CODES = rules(
    (r"\d{17,}", lambda match: digit_by_digit(match[0], yao=True)),
    (
        rf"{NOT_INSIDE}\+(\d{{1,3}})[- ]?({ABROAD}){NOT_BEFORE}",
        _international,
    ),
    (rf"{NOT_INSIDE}(?:86[- ]?)?{MOBILE}{NOT_BEFORE}", _groups),
    (rf"{NOT_INSIDE}\d{{3,6}}(?: \d{{3,6}}){{2,}}{NOT_BEFORE}", _groups),
    (rf"[(（]0\d{{2,3}}[)）][- ]?\d{{7,8}}(?:[-转]\d{{1,6}})?{NOT_BEFORE}", _groups),
    (rf"{NOT_INSIDE}0\d{{2,3}}[- ]\d{{3,4}}[- ]?\d{{4}}(?:[- ]\d{{1,6}})?{NOT_BEFORE}", _groups),
    (rf"{NOT_INSIDE}[48]00[- ]\d{{3}}[- ]?\d{{4}}{NOT_BEFORE}", _groups),
    (rf"{NOT_INSIDE}[48]00[- ]\d{{4}}[- ]?\d{{3}}{NOT_BEFORE}", _groups),
    (rf"{NOT_INSIDE}[2-8]\d{{2,3}}-\d{{4}}{NOT_BEFORE}", _telephone),
    (rf"{NOT_INSIDE}\d{{4,6}}(?:-\d{{4,6}}){{2,}}{NOT_BEFORE}", _groups),
    (r"(?<!\d)\d+(?:\.\d+){2,}(?![\d])", _dotted),
    (rf"{NOT_INSIDE}\d+(?:-\d+){{2,}}(?![\d=])", _barred),
)
