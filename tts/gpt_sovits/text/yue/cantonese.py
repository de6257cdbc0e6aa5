"""Cantonese text as phones."""

from collections.abc import Callable

from tts.gpt_sovits.text.missing import packages_missing
from tts.gpt_sovits.text.spelling import Spelling
from tts.gpt_sovits.text.symbols import MARKS
from tts.gpt_sovits.text.yue.syllables import phones_of

Reading = tuple[str, str | None]
"""A character and its syllables in Jyutping, separated by blanks; None where it has no known one."""


class Cantonese:
    """Spells Cantonese; `normalize` writes figures and signs as hanzi and leaves only hanzi and spoken marks."""

    def __init__(self, normalize: Callable[[str], str], read: Callable[[str], list[Reading]] | None = None):
        self._normalize = normalize
        self._read = read or reader()

    def spell(self, text: str) -> Spelling:
        readings = [_phones(*reading) for reading in self._read(self._normalize(text))]
        spoken = [(char, phones) for char, phones in readings if phones]
        return Spelling(
            "".join(char for char, _ in spoken),
            tuple(phone for _, phones in spoken for phone in phones),
            tuple(len(phones) for _, phones in spoken),
        )


def reader() -> Callable[[str], list[Reading]]:
    """ToJyutping's readings by the word. Raises LanguageMissing."""
    try:
        import ToJyutping  # pyright: ignore[reportMissingImports] - an optional package
    except ImportError:
        raise packages_missing("Cantonese", "粤语") from None
    return ToJyutping.get_jyutping_list


def _phones(char: str, syllables: str | None) -> tuple[str, tuple[str, ...]]:
    if char in MARKS:
        return char, (char,)
    return char, tuple(phone for syllable in (syllables or "").split() for phone in phones_of(syllable))
