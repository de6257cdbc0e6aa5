"""Telephone and card numbers, and other long figures that nobody reads as quantities. Pure."""

import re

from tts.gpt_sovits.text.en.number_words import digits
from tts.gpt_sovits.text.en.rewriting import Rule

ALONE = r"(?<![\w.,:/$€£¥-])"
DONE = r"(?![\w%/:]|[.,-]\d)"
CODE_CUE = (
    r"\b(?:PIN|pin|passcode|password|OTP|code|zip|ZIP|postcode|extension|account|serial|tracking|order|ID|id|invoice"
    r"|confirmation|reference|case|ticket)(?: (?:number|code|no|is|was|of))*[: ]+"
)
LONGEST_QUANTITY = 6
"""Longer figures without commas are read one by one, unless they are round."""


def _grouped(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+|[A-Za-z]+", match[0])
    plus = "plus " if match[0].startswith("+") else ""
    return plus + ", ".join(digits(group) if group.isdigit() else group for group in groups)


def _long(match: re.Match[str]) -> str:
    figures = match[0]
    if figures.endswith("000"):
        return figures
    if len(figures) == 11 and figures[0] == "1":
        groups = [figures[:3], figures[3:7], figures[7:]]
    elif len(figures) == 10:
        groups = [figures[:3], figures[3:6], figures[6:]]
    elif len(figures) == 7:
        groups = [figures[:3], figures[3:]]
    else:
        groups = [figures[start : start + 4] for start in range(0, len(figures), 4)]
    return ", ".join(digits(group) for group in groups)


RULES: tuple[Rule, ...] = (
    (re.compile(rf"{ALONE}(?:\+?\d{{1,3}}[ .-])?(?:\(\d{{3}}\) ?|\d{{3}}[ .-])\d{{3}}[ .-]\d{{4}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}\+\d{{1,3}}(?:[ -]?\d{{2,5}}){{2,5}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}1-8\d\d-[A-Z0-9-]{{4,8}}\b"), _grouped),
    (re.compile(rf"{ALONE}\d{{4}}(?:[ -]\d{{4}}){{2,3}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}1[3-9]\d[ -]\d{{4}}[ -]\d{{4}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}\d{{3}}-\d{{2}}-\d{{4}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}\d{{3}}-\d{{4}}{DONE}"), _grouped),
    (re.compile(rf"{ALONE}\d{{{LONGEST_QUANTITY + 1},}}{DONE}"), _long),
    (re.compile(rf"{ALONE}0\d+{DONE}"), lambda match: digits(match[0])),
    (re.compile(r"\b((?:call|dial|text|phone) )(\d{3,6})\b", re.IGNORECASE), lambda match: match[1] + digits(match[2])),
    (re.compile(rf"({CODE_CUE})(\d{{3,}}){DONE}"), lambda match: match[1] + digits(match[2])),
)
