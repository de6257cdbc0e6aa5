"""The rule set that equals upstream: how words are read, and how tones change."""

from tts.gpt_sovits.text.zh.compat_neutral import CompatNeutralTone
from tts.gpt_sovits.text.zh.dictionary import Dictionary
from tts.gpt_sovits.text.zh.merging import merged
from tts.gpt_sovits.text.zh.polyphones import Polyphones
from tts.gpt_sovits.text.zh.rhotic import change_rhotic
from tts.gpt_sovits.text.zh.rules import Rules, Syllables
from tts.gpt_sovits.text.zh.sandhi import change_bu, change_third, change_yi_as_upstream
from tts.gpt_sovits.text.zh.segmenter import Segmenter
from tts.gpt_sovits.text.zh.syllables import split_syllable
from tts.gpt_sovits.text.zh.word_lists import read_sections, readings_of
from tts.gpt_sovits.text.zh.words import Word


def compat_rules(segmenter: Segmenter, dictionary: Dictionary, polyphones: Polyphones) -> Rules:
    lists = read_sections("zh_upstream.txt")
    return Rules(
        read=_Reader(segmenter, dictionary, polyphones, readings_of(lists["readings"])).read,
        change_tones=_Tones(segmenter, lists).change,
        pauses=(("￥", "SP2"), ("^", "SP3")),
    )


class _Reader:
    """Readings by the sentence, then by the word where a dictionary has it."""

    def __init__(
        self,
        segmenter: Segmenter,
        dictionary: Dictionary,
        polyphones: Polyphones,
        overrides: dict[str, tuple[str, ...]],
    ):
        self._segmenter = segmenter
        self._dictionary = dictionary
        self._polyphones = polyphones
        self._words = overrides

    def read(self, piece: str) -> tuple[list[Word], Syllables]:
        words = merged(self._segmenter.words(piece), lambda word: self._dictionary.tones(word.text))
        sentence = self._dictionary.sentence(piece)
        for position, syllable in self._polyphones.readings(piece).items():
            sentence[position] = syllable
        rest = iter(sentence)
        return words, [self._word(word.text, [next(rest) for _ in word.text]) for word in words]

    def _word(self, word: str, by_sentence: list[str]) -> list[str]:
        known = self._words.get(word) or (self._dictionary.phrase(word) if len(word) > 1 else None)
        if known:
            return list(known)
        return [
            self._words.get(character, (syllable,))[0] for character, syllable in zip(word, by_sentence, strict=True)
        ]


class _Tones:
    def __init__(self, segmenter: Segmenter, lists: dict[str, list[str]]):
        self._segmenter = segmenter
        self._neutral = CompatNeutralTone(frozenset(lists["light last syllable"]), frozenset(lists["never light"]))
        self._rhotic, self._not_rhotic = frozenset(lists["rhotic"]), frozenset(lists["not rhotic"])

    def change(self, words: list[Word], syllables: Syllables) -> None:
        for word, own in zip(words, syllables, strict=True):
            self._change_word(word, own)

    def _change_word(self, word: Word, syllables: list[str]) -> None:
        letters, tones = map(list, zip(*map(split_syllable, syllables), strict=True))
        change_bu(word.text, tones)
        change_yi_as_upstream(word.text, tones)
        parts = self._parts(word.text)
        self._neutral.apply(word, tones, parts)
        change_third(tones, len(parts[0]))
        change_rhotic(word, tones, letters[-1], self._rhotic, self._not_rhotic)
        syllables[:] = map("".join, zip(letters, tones, strict=True))

    def _parts(self, word: str) -> tuple[str, str]:
        """A word's shortest part and the rest; where the part is not in front, upstream takes the word's beginning."""
        part = self._segmenter.shortest_part(word)
        if word.startswith(part):
            return part, word[len(part) :]
        return word[: -len(part)], part
