"""What the front end says about a text: the segments of one language each, and how each is spelled in phones."""

from dataclasses import dataclass
from typing import Literal, Protocol

Language = Literal["zh", "en", "ja", "ko", "yue"]
"""The language of one segment."""

RuleSet = Literal["compat", "default"]
"""compat spells exactly as upstream GPT-SoVITS does, its misreadings included; default reads right."""


@dataclass(frozen=True)
class Segment:
    """A stretch of text in one language."""

    language: Language
    text: str


@dataclass(frozen=True)
class Spelling:
    """How one segment is pronounced.

    normalized: the text after numbers and symbols have become words.
    phones: names from the 732 symbols of the v2 models.
    word2ph: phones per character of `normalized`, for zh and yue; empty for the others.
    """

    normalized: str
    phones: tuple[str, ...]
    word2ph: tuple[int, ...] = ()


class Speller(Protocol):
    """Spells segments of one language; its tables are loaded when it is made and shared by all threads."""

    def spell(self, text: str) -> Spelling: ...


class LanguageMissing(Exception):
    """The packages for a language are not installed; the message names the command that installs them."""
