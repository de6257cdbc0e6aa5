"""Takes words apart that are written together: `timestamp` is most likely `time stamp`."""

import math
from collections.abc import Callable

from tts.gpt_sovits.text.en.word_counts import Counts, count_files

ALL_WORDS = 1024908267229
"""The size of the corpus behind the counts."""
LONGEST_WORD = 24
WINDOW = 250
"""Letters looked at together."""
RECONSIDERED = 5

COMMON_WORDS = 20_000
"""How many words of the table are common enough to be parts."""
SHORTEST_PART = 3
COMMON, COMMON_SHORT = 1_500_000, 30_000_000
"""Counts that make a part credible; among three letters only the commonest are not syllables of something else."""

Way = tuple[float, list[str]]


class UpstreamCompounds:
    """Splits into the likeliest words and pairs of words, the way upstream's wordsegment does.

    Raises FileNotFoundError where the wordsegment package is not installed.
    """

    def __init__(self):
        words_file, pairs_file = count_files()
        self._words = Counts(words_file)
        self._pairs = Counts(pairs_file)

    def split(self, word: str) -> list[str]:
        """Split a word of the letters a-z; one that is best left whole comes back alone.

        Like wordsegment, look at the last words of each window again, without those before them.
        """
        parts: list[str] = []
        rest = ""
        for start in range(0, len(word), WINDOW):
            words = self._best(rest + word[start : start + WINDOW])
            parts += words[:-RECONSIDERED]
            rest = "".join(words[-RECONSIDERED:])
        return parts + self._best(rest)

    def _best(self, text: str) -> list[str]:
        """Find the likeliest words; `best[start][previous]` is the best way to read the rest behind a known word."""
        ends = {start: range(start + 1, min(start + LONGEST_WORD, len(text)) + 1) for start in range(len(text))}
        counts = {text[start:end]: 0.0 for start in ends for end in ends[start]}
        counts = {part: self._words.get(part) for part in counts}
        best: list[dict[str, Way]] = [{} for _ in text] + [{"": (0.0, [])}]
        for start in reversed(ends):
            before = [text[first:start] for first in range(max(0, start - LONGEST_WORD), start)]
            for previous in ["", *(word for word in before if counts[word])]:
                chances = [(self._chance(text[start:end], previous, counts), end) for end in ends[start]]
                best[start][previous] = max(_way(best[end], chance, text[start:end]) for chance, end in chances)
        return best[0][""][1]

    def _chance(self, word: str, previous: str, counts: dict[str, float]) -> float:
        """Estimate how likely a word is; all words of pairs are in the table of words, and so is `previous`."""
        count = counts[word]
        together = self._pairs.get(f"{previous} {word}") if previous and count else 0.0
        if together:
            return together / ALL_WORDS / (counts[previous] / ALL_WORDS)
        return count / ALL_WORDS if count else 10 / (ALL_WORDS * 10 ** len(word))


def _way(rest: dict[str, Way], chance: float, head: str) -> Way:
    score, words = rest.get(head) or rest[""]
    return math.log10(chance) + score, [head, *words]


class Compounds:
    """Splits into two or more common words that a dictionary has; never into scraps of a name.

    Raises FileNotFoundError where the wordsegment package is not installed.
    """

    def __init__(self, is_word: Callable[[str], bool]):
        words_file, _ = count_files()
        self._words = Counts(words_file, COMMON_WORDS)
        self._is_word = is_word

    def split(self, word: str) -> list[str]:
        """Split a word of the letters a-z; empty where that would not make common words of all of it."""
        text = word if len(word) <= WINDOW else ""
        best: list[Way | None] = [None] * len(text) + [(0.0, [])]
        for start in reversed(range(len(text))):
            for end in range(start + SHORTEST_PART, min(start + LONGEST_WORD, len(text)) + 1):
                rest, chance = best[end], self._chance(text[start:end])
                if rest and chance:
                    way = math.log10(chance) + rest[0], [text[start:end], *rest[1]]
                    best[start] = max(best[start] or way, way)
        way = best[0]
        return way[1] if way and len(way[1]) > 1 else []

    def _chance(self, part: str) -> float:
        count = self._words.get(part)
        is_common = count >= (COMMON_SHORT if len(part) == SHORTEST_PART else COMMON)
        return count / ALL_WORDS if is_common and self._is_word(part) else 0.0
