"""Japanese text as phones."""

import re
from collections.abc import Iterator
from threading import Lock

from tts.gpt_sovits.text.ja.dictionary import open_dictionary
from tts.gpt_sovits.text.ja.labels import phones_of
from tts.gpt_sovits.text.spelling import Spelling
from tts.gpt_sovits.text.symbols import SYMBOL_IDS, UNKNOWN

REPEATED_MARKS = re.compile(r"([!?…,.\-])[!?…,.\-]+")
LETTER = r"A-Za-z\d々\u3040-\u30ff\u4e00-\u9fff１-９Ａ-Ｚａ-ｚｦ-ﾝ"
STRETCH_OR_MARK = re.compile(f"(?P<stretch>[{LETTER}]+)|(?P<mark>[^ ])")
MARKS = dict(zip("：；，。！？\n·、", ",,,.!?.,,", strict=True))
LONGEST_STRETCH = 400
"""Characters. Open JTalk keeps a text in 8192 bytes and writes beyond them when it is longer."""


class Japanese:
    """Spells Japanese as upstream does in both rule sets; Open JTalk serves one thread at a time."""

    def __init__(self) -> None:
        self._open_jtalk = open_dictionary()
        self._lock = Lock()

    def spell(self, text: str) -> Spelling:
        normalized = REPEATED_MARKS.sub(r"\1", text)
        plain = normalized.replace("％", "パーセント").lower()
        phones = (phone for part in STRETCH_OR_MARK.finditer(plain) for phone in self._phones(part))
        return Spelling(normalized, tuple(phone if phone in SYMBOL_IDS else UNKNOWN for phone in phones))

    def _phones(self, part: re.Match[str]) -> Iterator[str]:
        if part["mark"]:
            yield MARKS.get(part["mark"], part["mark"])
            return
        stretch = part["stretch"]
        for start in range(0, len(stretch), LONGEST_STRETCH):
            yield from phones_of(self._labels(stretch[start : start + LONGEST_STRETCH]))

    def _labels(self, stretch: str) -> list[str]:
        with self._lock:
            words = self._open_jtalk.run_frontend(stretch)
            if not any(word["mora_size"] for word in words):
                return []  # and no complaint on standard error
            return self._open_jtalk.make_label(words)
