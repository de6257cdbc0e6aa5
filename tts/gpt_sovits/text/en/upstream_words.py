"""Words to phones as upstream GPT-SoVITS does it, step by step, with its slips."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from tts.gpt_sovits.text.en.arpa import LETTERS, Phones, with_s
from tts.gpt_sovits.text.en.dictionary import DATA

Tagger = Callable[[Sequence[str], int], str]
"""Names the part of speech of one word in its sentence, in the Penn Treebank's tags."""

CACHED_WORDS = 20_000
HAS_LETTER = re.compile("[A-Za-z]")
POSSESSIVE = re.compile("[a-z]+'s")


class UpstreamWords:
    """`split` takes a compound apart, `guess` says what is unknown."""

    def __init__(
        self,
        lookup: Callable[[str], Phones | None],
        split: Callable[[str], list[str]],
        guess: Callable[[str], Phones],
    ):
        self._lookup = lookup
        self._split = split
        self._guess = guess
        self._homographs = upstream_homographs()
        self._word = lru_cache(CACHED_WORDS)(self._looked_up)

    def phones(self, words: Sequence[str], tagger: Tagger) -> list[str]:
        phones: list[str] = []
        for place, word in enumerate(words):
            if word.lower() in self._homographs:
                phones += self._reading(word.lower(), tagger(words, place))
            else:
                phones += self._one(word)
        return ["-" if phone == "'" else phone for phone in phones if phone != "_"]

    def _one(self, word: str) -> Phones:
        if not HAS_LETTER.search(word):
            return (word,)
        if len(word) > 1:
            return self._word(word.lower())
        return ("AH0",) if word == "a" else LETTERS[word.lower()]

    def _reading(self, word: str, tag: str) -> Phones:
        marked, first, second = self._homographs[word]
        return first if tag.startswith(marked) or (tag and marked.startswith(tag)) else second

    def _looked_up(self, word: str) -> Phones:
        if known := self._lookup(word) if len(word) > 1 else None:
            return known
        if len(word) <= 3:
            return tuple(phone for letter in word for phone in LETTERS.get(letter, (letter,)))
        if POSSESSIVE.fullmatch(word):
            return with_s(self._word(word[:-2]))
        parts = self._split(re.sub("[^a-z]", "", word))
        if len(parts) == 1:
            return self._guess(word)
        return tuple(phone for part in parts for phone in self._word(part))


def upstream_homographs(file: Path = DATA / "en_homographs.txt") -> dict[str, tuple[str, Phones, Phones]]:
    """Read word -> tag of the first reading, first reading, second reading."""
    table = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, tag, first, second = line.split("\t")
            table[word] = tag, tuple(first.split()), tuple(second.split())
    return table
