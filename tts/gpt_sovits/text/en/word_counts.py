"""How often words and pairs of words were seen on the web, from the two tables of the wordsegment package.

Only the files are read. 620,000 entries as sorted numbers take 10 MB and 0.2 s; as Python dictionaries 80 MB and 1 s.
"""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

INSTALL = "pip install wordsegment==1.3.1"

HASH_START, HASH_FACTOR, HASH_MASK = 0xCBF29CE484222325, 0x100000001B3, 2**64 - 1
TAB, NEWLINE, ZERO = b"\t\n0"


class Counts:
    """A table of `words TAB count` lines, or its first `most`; words are known by a 64-bit hash (FNV-1a) alone."""

    def __init__(self, file: Path, most: int | None = None):
        text = np.frombuffer(file.read_bytes(), np.uint8)
        ends = np.flatnonzero(text == NEWLINE)[:most]
        starts = np.concatenate(([0], ends[:-1] + 1))
        tabs = np.flatnonzero(text == TAB)[:most]
        keys = _in_order(_hashes, text, starts, tabs)
        counts = _in_order(_numbers, text, tabs + 1, ends)
        order = np.argsort(keys, kind="stable")
        self._keys, self._counts = keys[order], counts[order]

    def get(self, words: str) -> float:
        """Count an entry; 0 where there is none."""
        key = HASH_START
        for byte in words.encode():
            key = ((key ^ byte) * HASH_FACTOR) & HASH_MASK
        place = int(np.searchsorted(self._keys, np.uint64(key), "right")) - 1  # of equal ones the file's last counts
        return float(self._counts[place]) if place >= 0 and self._keys[place] == key else 0.0


def count_files() -> tuple[Path, Path]:
    """Find the tables of words and of pairs."""
    package = find_spec("wordsegment")
    for folder in (package.submodule_search_locations or ()) if package else ():
        files = Path(folder) / "unigrams.txt", Path(folder) / "bigrams.txt"
        if all(file.is_file() for file in files):
            return files
    raise FileNotFoundError(f"Unknown English compounds are read less well. To have them taken apart: {INSTALL}")


Work = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def _in_order(work: Work, text: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Do `work` on strings sorted by length, long ones first, and put its results back in their places."""
    order = np.argsort(starts - ends, kind="stable")
    results = work(text, starts[order], (ends - starts)[order])
    unsorted = np.empty_like(results)
    unsorted[order] = results
    return unsorted


def _hashes(text: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    keys = np.full(len(starts), HASH_START, np.uint64)
    for characters in _columns(text, starts, lengths):
        keys[: len(characters)] ^= characters
        keys[: len(characters)] *= np.uint64(HASH_FACTOR)
    return keys


def _numbers(text: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    numbers = np.zeros(len(starts))
    for figures in _columns(text, starts, lengths):
        numbers[: len(figures)] *= 10
        numbers[: len(figures)] += figures - float(ZERO)
    return numbers


def _columns(text: np.ndarray, starts: np.ndarray, lengths: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the first characters of all strings, then the second ones of those that have any, and so on."""
    for column in range(int(lengths[0])):
        longer = int(np.searchsorted(-lengths, -column, "left"))
        yield text[starts[:longer] + column]
