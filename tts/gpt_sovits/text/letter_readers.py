"""In which language hanzi, kana and hangul are read. Pure."""

import re
from collections.abc import Iterator

from tts.gpt_sovits.text.modes import Mode
from tts.gpt_sovits.text.scripts import HAN, KANA, Script
from tts.gpt_sovits.text.spelling import Language
from tts.gpt_sovits.text.stretches import Stretch

SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
HAN_OR_KANA = re.compile(rf"[{HAN}{KANA}](?:[0-9０-９]*[{HAN}{KANA}])*")
IS_HAN = re.compile(f"[{HAN}]")
IS_KANA = re.compile(f"[{KANA}]")


class LetterReaders:
    """Knows the whole of a text, because a hanzi may be Japanese through the kana beside it."""

    def __init__(self, text: str, mode: Mode):
        self._mode = mode
        self._japanese = japanese_hanzi(text) if mode.is_auto else set()

    def stretches(self, script: Script, run: str, start: int) -> Iterator[Stretch]:
        """Name the readers of the han, kana or hangul run that begins at `start` of the text."""
        if self._mode.main == "en" and script == "han":
            yield Stretch("zh", run)  # rather than swallow it: English has no other way to say it
        elif not self._mode.is_auto:
            yield Stretch(self._mode.main, run)
        elif script == "han":
            for place, char in enumerate(run, start):
                yield Stretch(self._reader_of_hanzi(place), char)
        else:
            yield Stretch("ja" if script == "kana" else "ko", run)

    def _reader_of_hanzi(self, place: int) -> Language:
        return "ja" if place in self._japanese else self._mode.main


def japanese_hanzi(text: str) -> set[int]:
    """Tell the places of the hanzi that are read in Japanese; the others are Chinese.

    A stretch with kana is Japanese, unless it has characters that only simplified Chinese uses: then its hanzi are
    Chinese. A stretch without kana is Japanese if it has a character that only Japan uses, or if another stretch of
    its sentence has kana and nothing in the sentence is simplified.
    """
    if not IS_KANA.search(text) and _is_written_in(text, "gb2312"):
        return set()
    places: set[int] = set()
    for sentence in SENTENCE.finditer(text):
        stretches = list(HAN_OR_KANA.finditer(text, sentence.start(), sentence.end()))
        has_kana = any(IS_KANA.search(stretch[0]) for stretch in stretches)
        is_simplified = any(_has_simplified(stretch[0]) for stretch in stretches)
        for stretch in stretches:
            if _is_japanese(stretch[0], has_kana and not is_simplified):
                places.update(han.start() for han in IS_HAN.finditer(text, stretch.start(), stretch.end()))
    return places


def _is_japanese(stretch: str, is_beside_kana: bool) -> bool:
    if IS_KANA.search(stretch):
        return not _has_simplified(stretch)
    return is_beside_kana or any(_is_only_japanese(char) for char in stretch)


def _has_simplified(text: str) -> bool:
    """Whether a character is in China's oldest character set and not in Japan's."""
    return any(_is_written_in(char, "gb2312") and not _is_written_in(char, "euc_jp") for char in text)


def _is_only_japanese(char: str) -> bool:
    if char == "〇":  # China's old character sets lack the round zero, which years are written with there, too
        return False
    is_chinese = _is_written_in(char, "gb2312") or _is_written_in(char, "big5")
    return _is_written_in(char, "euc_jp") and not is_chinese


def _is_written_in(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
