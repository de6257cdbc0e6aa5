"""What the two rule sets have in common: which questions they answer."""

from collections.abc import Callable
from dataclasses import dataclass

from tts.gpt_sovits.text.zh.words import Word

Syllables = list[list[str]]
"""The syllables of each word, like hang2; a mark stands for itself."""


@dataclass(frozen=True)
class Rules:
    """How one rule set reads.

    read: the words of a piece, joined as the tone rules need them, with their syllables as dictionaries have them.
    change_tones: gives those syllables, in place, the tones that they have in running speech.
    pauses: a text with such a sign has its pause for every comma; the first that is found counts.
    """

    read: Callable[[str], tuple[list[Word], Syllables]]
    change_tones: Callable[[list[Word], Syllables], None]
    pauses: tuple[tuple[str, str], ...]
