"""Traditional characters as simplified ones, and full-width letters and digits as ASCII."""

import re
import unicodedata

from tts.gpt_sovits.text.spelling import RuleSet
from tts.gpt_sovits.text.zh.word_lists import read_sections

FULL_WIDTH = {code + 0xFEE0: code for code in (*range(48, 58), *range(65, 91), *range(97, 123))}


def simplified_characters(rules: RuleSet) -> dict[int, str]:
    """A table for str.translate.

    compat: upstream's, which maps 榜 to a rare character that is read otherwise. default: OpenCC's, then upstream's.
    """
    sections = read_sections("zh_characters.txt")
    upstream = _table(sections["simplified of traditional, upstream"])
    if rules == "compat":
        return upstream
    del upstream[ord("榜")]
    return upstream | _table(sections["simplified of traditional"])


def taiwan_characters() -> dict[int, str]:
    """A table for str.translate from simplified characters to the standard of Taiwan."""
    return _table(read_sections("zh_characters.txt")["Taiwan standard of simplified"])


def _table(pairs: list[str]) -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in pairs}


def ascii_digits(text: str) -> str:
    """Every script's decimal digits as ASCII, for `\\d` matches them all."""
    if text.isascii():
        return text
    return "".join(_ascii_digit(character) for character in text)


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


class Simplifier:
    """Character by character, but for the few that are two words in simplified script. Our own judgement."""

    def __init__(self):
        self._table = simplified_characters("default")
        self._exceptions = [
            (re.compile(pattern), simplified)
            for pattern, simplified in (
                (r"乾(?![隆坤卦陵元清象])", "干"),
                (r"瞭(?=[解然若如])|(?<=明)瞭", "了"),
                (r"藉(?=[口由此助以])|(?<=[憑凭])藉", "借"),
                (r"(?<![神地])祇", "只"),
                (r"彷(?=彿|佛)", "仿"),
            )
        ]

    def __call__(self, text: str) -> str:
        simplified = text.translate(self._table)
        for pattern, character in self._exceptions:
            simplified = pattern.sub(character, simplified)
        return text_with_particle(simplified) if simplified != text and "著" in text else simplified


def text_with_particle(text: str) -> str:
    """In traditional script 著 is also the particle 着, except in the words of writing and fame."""
    return re.sub(r"(?<![名显土编原巨论专译遗昭卓合执所拙])著(?![名作称书述者录])", "着", text)
