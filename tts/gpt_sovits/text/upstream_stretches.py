"""Who reads which run of a text in the compat rules, where upstream asks a language detector. Pure.

The detector calls most signs between hanzi English, where they are then lost.
"""

import re
from collections.abc import Iterator

from tts.gpt_sovits.text.letter_readers import LetterReaders
from tts.gpt_sovits.text.modes import Mode
from tts.gpt_sovits.text.scripts import FIGURE, HAN, HANGUL, KANA
from tts.gpt_sovits.text.stretches import Reader, Stretch

MARK = r"""〜~,.;:!?，。！？；：、·(\[{<（【《〈「『“‘)\]}>）】》〉」』”’"\-_—#$%&…￥'*+=@\\^`|\s"""
RUN = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<kana>[{KANA}]+)|(?P<hangul>[{HANGUL}]+)|(?P<figure>[{FIGURE}]+)|(?P<mark>[{MARK}]+)"
    rf"|(?P<word>[^{HAN}{KANA}{HANGUL}{FIGURE}{MARK}]+)"
)
"""A word has every sign in it that is no mark: `Hello😀` and `°C` are words."""

PLAIN_WORD = re.compile(r"(?=.*[A-Za-z])[!-~\u2000-\u206f\u3000-\u303f\uff00-\uffef]+", re.DOTALL)
FOREIGN_LETTER = re.compile(r"[À-ÖØ-öø-ɏḀ-ỿΕΗΙΚΟΠΡΣΥάέήίόύώεηικοπρςσυЀ-ӿ؀-ۿ\u0e00-\u0e7f]")
NEVER_ENGLISH = set("～ª°º€№℡℧℮−∞∫∴‡†′★☓♀♂♽✍✔✗❤❦▶►◄▂├┝╇")
"""Signs that the detector gives to no language it knows; they go with their neighbour."""


def upstream_stretches(text: str, mode: Mode) -> Iterator[Stretch]:
    """Name the reader of every run; the stretches joined are the text."""
    letters = LetterReaders(text, mode)
    for match in RUN.finditer(text):
        script, run = match.lastgroup, match[0]
        if script == "mark":
            yield Stretch("sign", run)
        elif script == "word":
            yield Stretch(_reader_of_word(run, mode), run)
        elif script == "figure":
            yield Stretch(mode.main if mode.owns_figures else "figure", run)
        else:
            yield from letters.stretches(script, run, match.start())  # pyright: ignore[reportArgumentType] a script


def _reader_of_word(word: str, mode: Mode) -> Reader:
    if PLAIN_WORD.fullmatch(word):
        return "en"
    if mode.owns_figures:
        return mode.main
    is_foreign = FOREIGN_LETTER.search(word) or NEVER_ENGLISH.issuperset(word)
    return "sign" if is_foreign else "en"
