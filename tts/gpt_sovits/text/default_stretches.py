"""Who reads which run of a text in the default rules: figures stay with their units and signs. Pure."""

import re
from collections.abc import Iterator

from tts.gpt_sovits.text.chinese_signs import say_numero, say_signs
from tts.gpt_sovits.text.letter_readers import LetterReaders
from tts.gpt_sovits.text.measures import fixed_figures, without_figures
from tts.gpt_sovits.text.modes import Mode
from tts.gpt_sovits.text.scripts import HAN, HANGUL, KANA, Run, script_runs
from tts.gpt_sovits.text.stretches import Reader, Stretch

SENTENCE = re.compile(r".+?(?:[。！？!\n]+|\.\s+|\?+(?![A-Za-z\d])|\Z)", re.DOTALL)
"""A question mark inside an address ends none."""
LATIN_WORD = re.compile(r"[A-Za-z]{2,}(?:[.@/'’_:-]+[A-Za-z\d]+)*")
FORMULA = re.compile(r"[=≠≈≥≤×÷²³]|[<>]\s?\d")
LONG_WORD = re.compile("[A-Za-z]{4}")
HANZI = re.compile(f"[{HAN}]")
LETTERS_OF_NEIGHBOURS = re.compile(f"[{KANA}{HANGUL}]")
CHINESE = ("zh", "yue")
NEUTRAL = ("figure", "sign")
MOSTLY = 0.6
"""The share of Latin words above which a sentence is not Chinese; a hanzi counts as a word."""


def with_signs_said(text: str, mode: Mode) -> str:
    """Write the signs of Chinese sentences as words where Latin letters would keep them from being understood."""
    if mode.main not in CHINESE:
        return text
    sentences = SENTENCE.findall(say_numero(text))
    return "".join(say_signs(sentence) if is_chinese(sentence, mode) else sentence for sentence in sentences)


def default_stretches(text: str, mode: Mode) -> Iterator[Stretch]:
    """Name the reader of every run; the stretches joined are the text."""
    letters = LetterReaders(text, mode)
    for sentence in SENTENCE.finditer(text):
        place, end = sentence.span()
        is_ours = is_chinese(sentence[0], mode)
        for fixed in fixed_figures(sentence[0]) if is_ours else ():
            start, stop = sentence.start() + fixed.start, sentence.start() + fixed.end
            yield from _runs(text[place:start], place, letters, mode, is_ours)
            yield Stretch("en" if fixed.reading == "english" else mode.main, text[start:stop])
            place = stop
        yield from _runs(text[place:end], place, letters, mode, is_ours)


def is_chinese(sentence: str, mode: Mode) -> bool:
    """Whether Chinese reads the figures and signs of a sentence: it has no more Latin words than a few."""
    if mode.main not in CHINESE or (mode.is_auto and LETTERS_OF_NEIGHBOURS.search(sentence)):
        return False
    if FORMULA.search(sentence) and not LONG_WORD.search(sentence):
        return True
    latin = len(LATIN_WORD.findall(without_figures(sentence)))
    return latin <= MOSTLY * (latin + len(HANZI.findall(sentence)))


def _runs(text: str, start: int, letters: LetterReaders, mode: Mode, is_ours: bool) -> Iterator[Stretch]:
    runs = list(script_runs(text))
    for place, run in enumerate(runs):
        if run.script == "latin":
            yield Stretch("en", run.text)
        elif run.script == "figure":
            owner: Reader = (
                mode.main if mode.owns_figures and (is_ours or not _is_between_latin(runs, place)) else "figure"
            )
            yield Stretch(owner, run.text)
        elif run.script == "sign":
            yield Stretch("sign", run.text)
        else:
            yield from letters.stretches(run.script, run.text, start)
        start += len(run.text)


def _is_between_latin(runs: list[Run], place: int) -> bool:
    before = next((run.script for run in reversed(runs[:place]) if run.script not in NEUTRAL), None)
    after = next((run.script for run in runs[place + 1 :] if run.script not in NEUTRAL), None)
    return before == after == "latin"
