"""Pronouncing dictionaries: 126,000 words in one sorted text that is searched where it lies, and our own short list."""

import gzip
from pathlib import Path

from tts.gpt_sovits.text.en.arpa import Phones, unpacked

DATA = Path(__file__).parents[1] / "data"


class Dictionary:
    """CMUdict's first pronunciations, from a gzipped file of `word TAB code` lines in byte order."""

    def __init__(self, file: Path = DATA / "en_words.gz"):
        self._text = b"\n" + gzip.decompress(file.read_bytes())

    def get(self, word: str) -> Phones | None:
        """Look up a word in lower case."""
        key = word.encode("ascii", "replace")
        text = self._text
        low, high = 0, len(text) - 1  # both lie on line ends, and the word, if it is there, between them
        while low < high:
            start = text.rindex(b"\n", low, (low + high) // 2 + 1)
            end = text.index(b"\n", start + 1)
            found, _, code = text[start + 1 : end].partition(b"\t")
            if found == key:
                return unpacked(code)
            if found < key:
                low = end
            else:
                high = start
        return None


def additions(file: Path = DATA / "en_additions.txt") -> dict[str, Phones]:
    """Read the words that CMUdict lacks."""
    table = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, phones = line.split("\t")
            table[word] = tuple(phones.split())
    return table
