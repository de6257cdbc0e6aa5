"""Words of several readings: which one a sentence asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tts.gpt_sovits.text.en.arpa import Phones
from tts.gpt_sovits.text.en.dictionary import DATA
from tts.gpt_sovits.text.en.upstream_words import Tagger, upstream_homographs

REACH = 4
"""How many words away a `near` word may stand."""
ALWAYS, CAPITAL = "*", "capital"


class Reading(NamedTuple):
    condition: str
    cues: frozenset[str]
    phones: Phones


class Readings:
    """Our own table, and upstream's for the words it does not name."""

    def __init__(self, file: Path = DATA / "en_readings.txt"):
        self._table: dict[str, list[Reading]] = {}
        for word, (tag, first, second) in upstream_homographs().items():
            self._table[word] = [Reading(tag, frozenset(), first), Reading(ALWAYS, frozenset(), second)]
        for word, readings in _own_readings(file).items():
            self._table[word] = readings

    def __contains__(self, word: str) -> bool:
        return word in self._table

    def choose(self, words: Sequence[str], place: int, tagger: Tagger) -> Phones:
        """Read the word at `place`, which the table must contain in lower case."""
        readings = self._table[words[place].lower()]
        around = [word.lower() for word in words[max(0, place - REACH) : place + REACH + 1]]
        at = min(place, REACH)
        tag = ""
        for condition, cues, phones in readings:
            if condition == ALWAYS:
                return phones
            if condition == CAPITAL:
                if words[place].istitle() and place and words[place - 1][-1:].isalpha():
                    return phones
                continue
            if cues:
                if cues.intersection(_cued(around, at, condition)):
                    return phones
                continue
            tag = tag or tagger(words, place) or "?"
            if tag.startswith(condition):
                return phones
        return readings[-1].phones


def _cued(around: list[str], at: int, condition: str) -> list[str]:
    if condition == "next":
        return around[at + 1 : at + 2]
    if condition == "previous":
        return around[max(0, at - 1) : at]
    return around


def _own_readings(file: Path) -> dict[str, list[Reading]]:
    table: dict[str, list[Reading]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, condition, *cues, phones = line.split("\t")
            reading = Reading(condition, frozenset(" ".join(cues).split()), tuple(phones.split()))
            table.setdefault(word, []).append(reading)
    return table
