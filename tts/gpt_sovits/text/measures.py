"""Figures of a Chinese sentence whose reader does not depend on their neighbours."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from tts.gpt_sovits.text.zh.measures import is_unit
from tts.gpt_sovits.text.zh.money import CODE, SIGN
from tts.gpt_sovits.text.zh.units import unit_names

UNIT = "|".join(map(re.escape, sorted({*unit_names(), "℃", "℉"}, key=len, reverse=True)))
PER = rf"(?:/(?:{UNIT}))*"
END = r"(?![A-Za-z\d²³])"
NUMBER = r"\d{1,20}(?:[.,]\d{1,20}){0,6}"
"""Bounded, for unbounded ones take minutes where a text is nothing but figures and commas."""
SCALE = "(?:[十百千]?万亿?|[十百千]?亿|[百千])?[多余几+]?"
RANGE_START = rf"{NUMBER}{SCALE}(?:{UNIT})?\s?[-~～–—]\s?-?"
STANDS_ALONE = r"(?<![A-Za-z\d.])(?<![A-Za-z]\s)(?<![A-Za-z\d]-)"
"""iPhone 5s is a name, and so are T60 and F-35B."""
HALF_DAY = rf"(?i:\s?[ap]\.?m\.?){END}"

FIXED = re.compile(
    rf"(?P<time>(?<![\d:])\d{{1,2}}:\d\d(?::\d\d)?(?:{HALF_DAY})?(?![\d:])"
    r"|(?<![\d.-])\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}(?![\d.-]))"
    rf"|(?P<english>(?<![A-Za-z\d.]){NUMBER}(?:{HALF_DAY}|(?:st|nd|rd|th){END}))"
    rf"|(?P<money>(?:{SIGN})\s?{NUMBER}(?:[kKmMbB]{END})?|{STANDS_ALONE}{NUMBER}{SCALE}\s?(?:{CODE})(?![A-Za-z])"
    rf"|(?<![A-Za-z])(?:{CODE})\s?{NUMBER})"
    rf"|(?P<measure>{STANDS_ALONE}[-+±≈]?(?:{RANGE_START})?(?P<figures>{NUMBER}){SCALE}\s?(?P<unit>{UNIT}){PER}{END})"
    rf"|(?P<rate>(?<=[\u4e00-\u9fff])/(?:{UNIT}){END})"
    rf"|(?P<figure>{STANDS_ALONE}{NUMBER}(?=[A-Za-z]{{1,4}}{END})|(?<=[\u4e00-\u9fff])\d{{1,3}}(?=\s+[A-Za-z]))"
)
"""Figure: one before a few letters, as in 5G and 3D, or between a hanzi that it touches and a word that it does not."""

Reading = Literal["english", "chinese"]


class FixedFigure(NamedTuple):
    """Where in the sentence it stands, and who reads it with its unit or sign."""

    start: int
    end: int
    reading: Reading


def fixed_figures(sentence: str) -> Iterator[FixedFigure]:
    """Find measures, money, times and dates, which are Chinese, and the likes of 3pm and 2nd, which are English."""
    for match in FIXED.finditer(sentence):
        is_measure = match["unit"] and is_unit(match["unit"], match["figures"], *_beside(sentence, match))
        end = match.start("unit") if match["unit"] and not is_measure else match.end()
        yield FixedFigure(match.start(), end, "english" if match["english"] else "chinese")


def without_figures(sentence: str) -> str:
    """The sentence without those that are Chinese, so that their units count as no words."""
    for figure in reversed([figure for figure in fixed_figures(sentence) if figure.reading == "chinese"]):
        sentence = sentence[: figure.start] + sentence[figure.end :]
    return sentence


def _beside(sentence: str, match: re.Match[str]) -> tuple[str, str]:
    return sentence[: match.start()], sentence[match.end() :]
