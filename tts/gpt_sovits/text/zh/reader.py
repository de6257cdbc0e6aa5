"""How the words of a piece are read: word by word from dictionaries, single characters by their neighbours."""

from collections.abc import Mapping

from tts.gpt_sovits.text.zh.dictionary import Dictionary
from tts.gpt_sovits.text.zh.grammar import (
    is_behind_naming,
    is_duty,
    is_potential,
    is_surname_place,
    reading_of_de,
    reading_of_di,
    reading_of_guo,
    reading_of_wei,
)
from tts.gpt_sovits.text.zh.polyphone_rules import polyphone_rules
from tts.gpt_sovits.text.zh.polyphones import Polyphones
from tts.gpt_sovits.text.zh.punctuation import SPOKEN
from tts.gpt_sovits.text.zh.segmenter import Segmenter
from tts.gpt_sovits.text.zh.word_lists import read_sections, readings_of
from tts.gpt_sovits.text.zh.words import Word

LONGEST_PHRASE = 8
GAINING_VERBS = "求引博挣征捧既始兼易摘立录竞购赢取获夺讨谋觅募抢测查收评独已可焉复"
"""Verbs behind which 得 means to get; it is light behind all others."""
BEFORE_FULL_ZI = "甲丙戊庚壬扬门双五诸童孺望生教龙多木宗竖徒误人母国被圣次孝河旗朴太章陶程冷容茅季"
"""Behind these, 子 inside a word is a child, a master, a year or part of a name."""


class Reader:
    """Reads pieces of text for the default rule set."""

    def __init__(self, segmenter: Segmenter, dictionary: Dictionary, polyphones: Polyphones):
        sections = read_sections("zh_readings.txt")
        self._segmenter = segmenter
        self._dictionary = dictionary
        self._polyphones = polyphones
        self._words = readings_of(sections["words"])
        self._undecided = frozenset(sections["undecided"])
        self._characters, self._alone, self._surnames = (
            {character: syllables[0] for character, syllables in readings_of(sections[name]).items()}
            for name in ("characters", "alone", "surnames")
        )
        self._named = {word: syllables[0] for word, syllables in readings_of(sections["surnames when named"]).items()}
        self._rules = polyphone_rules()

    def read(self, piece: str, words: list[Word]) -> list[str]:
        """One syllable, or mark, for each character of the piece; the words joined are the piece."""
        asked = self._polyphones.readings(piece)
        syllables: list[str] = []
        for position, word in enumerate(words):
            start = len(syllables)
            known = self._known(word.text)
            if word.text in ("得来", "得去") and is_duty(words, position):
                syllables += ("dei3", self._character(word.text[1]))
            elif word.text == "得到" and is_potential(words, position):
                syllables += ("de5", "dao4")
            elif known:
                syllables += known
            elif len(word.text) == 1:
                syllables.append(asked.get(start) or self._single(piece, start, words, position))
            elif not self._segmenter.is_word(word.text):
                syllables += self._guessed(piece, start, len(word.text), asked)
            else:
                syllables += self._composed(word, start, asked, piece[start + len(word.text) :])
            if not known and word.text[0] in self._surnames and is_surname_place(words, position):
                syllables[start] = self._surnames[word.text[0]]
            self._name(piece, start, word.text, syllables)
        return syllables

    def _name(self, piece: str, start: int, word: str, syllables: list[str]) -> None:
        """Give the surname that the word begins with, or that ends it behind 姓, its own reading."""
        for place in (start, start + 1) if word[0] == "姓" and len(word) > 1 else (start,):
            surname = self._surnames.get(piece[place]) or self._named.get(piece[place])
            is_whole_word = len(word) == 1 or not self._segmenter.is_word(word)
            if surname and is_behind_naming(piece[:place], piece[place + 1 :], is_whole_word=is_whole_word):
                syllables[place] = surname

    def tones(self, word: str) -> str:
        """The tones of a word read alone, one figure a syllable."""
        return "".join(syllable[-1] for syllable in self._known(word) or self._composed(Word(word, ""), 0, {}, ""))

    def _known(self, word: str) -> tuple[str, ...] | None:
        if len(word) < 2 or word in self._undecided:
            return None
        return self._words.get(word) or self._dictionary.phrase(word)

    def _composed(self, whole: Word, start: int, asked: Mapping[int, str], rest: str) -> list[str]:
        """A word that no dictionary has: from the longest phrases inside, then character by character."""
        word = whole.text
        syllables: list[str] = []
        while len(syllables) < len(word):
            position = len(syllables)
            longest = min(len(word), position + LONGEST_PHRASE)
            inner = (self._known(word[position:end]) for end in range(longest, position + 1, -1))
            syllables += next(filter(None, inner), None) or [
                asked.get(start + position) or self._inside(whole, position, rest)
            ]
        return syllables

    def _inside(self, whole: Word, position: int, rest: str) -> str:
        """A character of an unknown word; the words before it say nothing about it."""
        word = whole.text
        character, left, right = word[position], word[:position], word[position + 1 :] + rest
        if character == "得" and 0 < position < len(word) - 1 and not whole.tag.startswith("n"):
            return "de5"
        if character == "得" and position == len(word) - 1 == 1 and not whole.tag.startswith("n"):
            return "de2" if left in GAINING_VERBS else "de5"
        for rule in self._rules.get(character, ()):
            if not rule.is_general and rule.fits(left, right):
                return rule.syllable
        return self._character(character, is_last=0 < position == len(word) - 1 or self._ends_inner(word, position))

    def _ends_inner(self, word: str, position: int) -> bool:
        """Whether the character is a 子 that ends a word inside the word: 格子布, but not 双子座."""
        is_zi = position > 0 and word[position] == "子" and word[position - 1] not in BEFORE_FULL_ZI
        return is_zi and self._segmenter.is_word(word[position - 1 : position + 1])

    def _character(self, character: str, *, is_last: bool = False) -> str:
        if character in SPOKEN:
            return character
        if character == "子" and is_last:
            return "zi5"
        return self._characters.get(character) or self._dictionary.character(character) or character

    def _guessed(self, piece: str, start: int, length: int, asked: Mapping[int, str]) -> list[str]:
        """Characters that jieba put together without knowing the word: each may stand alone."""
        positions = range(start, start + length)
        return [asked.get(position) or self._alone_at(piece, position) for position in positions]

    def _single(self, piece: str, start: int, words: list[Word], position: int) -> str:
        character = piece[start]
        if character == "得":
            return reading_of_de(words, position)
        if character == "地":
            return reading_of_di(words, position)
        if character == "过":
            return reading_of_guo(words, position)
        if character == "为":
            return reading_of_wei(words, position, piece[:start])
        return self._alone_at(piece, start)

    def _alone_at(self, piece: str, position: int) -> str:
        character, left, right = piece[position], piece[:position], piece[position + 1 :]
        for rule in self._rules.get(character, ()):
            if rule.fits(left, right):
                return rule.syllable
        return self._alone.get(character) or self._character(character)
