"""Written text as it is read aloud: hanzi and spoken marks. Needs no dictionary."""

import re
from collections.abc import Callable

from tts.gpt_sovits.text.spelling import RuleSet
from tts.gpt_sovits.text.zh.compat_figures import compat_figures
from tts.gpt_sovits.text.zh.figures import say_figures
from tts.gpt_sovits.text.zh.punctuation import MANDARIN, Marks, clauses
from tts.gpt_sovits.text.zh.scripts import FULL_WIDTH, Simplifier, ascii_digits, simplified_characters
from tts.gpt_sovits.text.zh.word_lists import read_sections
from tts.gpt_sovits.text.zh.written import tidy

OTHER_MARKS = str.maketrans(
    {"—": "，", "-": None, ";": "，", ":": "，", "|": None, "•": "，", "．": "，", "$": None, "¥": None, "／": "，"}
)
"""Marks that upstream's tables lack; a dash is a pause, a hyphen is none."""

READABLE = str.maketrans({"嗯": "恩", "呣": "母"})
"""Sounds without a vowel, for which the models have no phones."""


class Normalizer:
    """Says figures, units and signs in hanzi, and leaves out what is not spoken."""

    def __init__(self, rules: RuleSet):
        self._say = _say_as_upstream() if rules == "compat" else _say_right()
        self._spells_letters = rules == "default"

    def normalize(self, text: str, marks: Marks = MANDARIN) -> str:
        """Letters stay in Mandarin alone, as capitals that are to be spelled, and not at all as upstream has it."""
        letters = self._spells_letters and marks is MANDARIN
        return marks.apply(self._say(text).translate(READABLE), letters=letters)


def _say_as_upstream() -> Callable[[str], str]:
    quantifiers = read_sections("zh_upstream.txt")["quantifiers"]
    figures = compat_figures("|".join(map(re.escape, quantifiers)))
    characters = simplified_characters("compat") | FULL_WIDTH

    def say(text: str) -> str:
        return "".join(figures(ascii_digits(clause).translate(characters)) for clause in clauses(text))

    return say


def _say_right() -> Callable[[str], str]:
    simplify = Simplifier()

    def say(text: str) -> str:
        return say_figures(simplify(tidy(text))).translate(OTHER_MARKS)

    return say
