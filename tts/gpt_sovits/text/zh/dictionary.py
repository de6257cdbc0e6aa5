"""How words and characters are read, as far as pypinyin's tables know: syllables like hang2, v for ü, 5 for light."""

import unicodedata
from functools import lru_cache

TONE_MARKS = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
OTHER_MARKS = {"\u0308": "v", "\u0302": "ê"}


class Dictionary:
    """pypinyin's readings of phrases and characters."""

    def __init__(self):
        import pypinyin.constants

        self._phrases = pypinyin.constants.PHRASES_DICT
        self._characters = pypinyin.constants.PINYIN_DICT
        self.phrase = lru_cache(20_000)(self._phrase)
        self.tones = lru_cache(20_000)(self._tones)

    def _phrase(self, word: str) -> tuple[str, ...] | None:
        """The readings of a phrase that the table holds."""
        readings = self._phrases.get(word)
        return tuple(numbered(reading[0]) for reading in readings) if readings else None

    def character(self, character: str) -> str | None:
        """The first reading of a character, which is the commonest."""
        readings = self._characters.get(ord(character))
        return numbered(readings.split(",")[0]) if readings else None

    def sentence(self, text: str) -> list[str]:
        """pypinyin's reading of running text; every character that it cannot read stands for itself."""
        from pypinyin import Style, lazy_pinyin

        syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, errors=lambda run: list(run))  # type: ignore[arg-type]  # its stub knows no callable that returns a list
        return [syllable.replace("ü", "v") for syllable in syllables]

    def _tones(self, word: str) -> str:
        """The tones of a word read alone, one figure a syllable."""
        return "".join(syllable[-1] for syllable in self.sentence(word))


def numbered(syllable: str) -> str:
    """háng -> hang2, lǜ -> lv4, de -> de5."""
    letters, tone = "", "5"
    for letter in unicodedata.normalize("NFD", syllable):
        if letter in OTHER_MARKS:
            letters = letters[:-1] + OTHER_MARKS[letter]
        elif letter in TONE_MARKS:
            tone = TONE_MARKS[letter]
        else:
            letters += letter
    return letters + tone
