"""What espeak-ng is given for a text: sections in one language each, free of everything it would interpret. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from tts.chinese_numbers import spell
from tts.text_runs import split_runs

LONGEST_SECTION = 120
"""Characters given to espeak-ng at once: 30 s of speech, 80 s at worst, which bounds what an unread piece holds."""

CLAUSE_PAUSE_MS = 140
SENTENCE_PAUSE_MS = 280
SENTENCE_MARKS = ".。！？!?…\n"
CLAUSE_MARKS = ",，、;；:：—"
CLOSING = " \t\"'”’」』)）]】》〉"

DISGUISED = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2460-\u2473\U0001d400-\U0001d7ff]")
"""Full-width, circled and mathematical letters and figures, which espeak-ng skips or spells out."""
TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
SILENT_MARKS = re.compile(r"[*_^|\\`]|[~～](?!\s?\d)")
PICTURES = re.compile("[\u20e3\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff]")

ENGLISH_UNITS = {
    "km/h": "kilometers per hour",
    "km": "kilometers",
    "cm": "centimeters",
    "mm": "millimeters",
    "kg": "kilograms",
    "℃": "degrees Celsius",
    "°C": "degrees Celsius",
    "℉": "degrees Fahrenheit",
    "°F": "degrees Fahrenheit",
}
ENGLISH_UNIT = re.compile(rf"(?<=\d)\s?({'|'.join(ENGLISH_UNITS)})(?![A-Za-z0-9])")
ENGLISH_MONEY = re.compile(r"([$€£])(\d[\d,]*(?:\.\d+)?)")
ENGLISH_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds"}


class Section(NamedTuple):
    """Text that espeak-ng speaks in one go, and the pause that its last mark asks for when more follows."""

    voice: str
    text: str
    pause_ms: int


def sections(text: str, language: str) -> Iterator[Section]:
    """Prepare a text for speaking, in order; text with nothing in it to say has no sections."""
    for run in split_runs(clean(text), language):
        for part in cut(run.text, LONGEST_SECTION):
            if part.strip():
                yield Section(run.voice, spoken_form(part, run.voice), pause_after(part))


def clean(text: str) -> str:
    """Remove what espeak-ng would obey, stumble over or read aloud as a picture.

    Control characters carry its embedded commands, private characters its internal marks; `<tags>` are dropped.
    """
    text = DISGUISED.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), text)
    text = PICTURES.sub("", TAG.sub(" ", text))
    return SILENT_MARKS.sub(" ", "".join(_harmless(letter) for letter in text))


def _harmless(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cc":
        return "\n" if letter == "\n" else " "
    return "" if category[0] == "C" else letter


def cut(text: str, longest: int) -> list[str]:
    """Cut a text at its best marks into parts of at most `longest` characters; the parts joined are the text."""
    parts = []
    while len(text) > longest:
        end = _best_end(text[:longest])
        parts.append(text[:end])
        text = text[end:]
    return [*parts, text]


def _best_end(text: str) -> int:
    for marks in (SENTENCE_MARKS, CLAUSE_MARKS, " \t\u3000"):
        end = max(text.rfind(mark) for mark in marks) + 1
        if end > len(text) // 4:
            return end
    return len(text)


def spoken_form(text: str, voice: str) -> str:
    """Write out figures and units that this voice would misread."""
    if voice in ("cmn", "yue"):
        return spell(text)
    if voice == "en-us":
        text = ENGLISH_MONEY.sub(lambda money: f"{money[2]} {ENGLISH_CURRENCIES[money[1]]}", text)
        return ENGLISH_UNIT.sub(lambda unit: f" {ENGLISH_UNITS[unit[1]]}", text)
    return text


def pause_after(text: str) -> int:
    """Milliseconds of silence between this text and the next."""
    last = text.rstrip(CLOSING)[-1:]
    if last and last in SENTENCE_MARKS:
        return SENTENCE_PAUSE_MS
    return CLAUSE_PAUSE_MS if last and last in CLAUSE_MARKS else 0
