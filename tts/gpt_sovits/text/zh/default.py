"""The rule set that reads right: how words are read, and how tones change."""

import re
from itertools import accumulate

from tts.gpt_sovits.text.zh.dictionary import Dictionary
from tts.gpt_sovits.text.zh.merging import merged
from tts.gpt_sovits.text.zh.neutral import NeutralTone
from tts.gpt_sovits.text.zh.polyphones import Polyphones
from tts.gpt_sovits.text.zh.reader import Reader
from tts.gpt_sovits.text.zh.rhotic import change_rhotic
from tts.gpt_sovits.text.zh.rules import Rules, Syllables
from tts.gpt_sovits.text.zh.sandhi import change_bu, change_third, raise_last_pair
from tts.gpt_sovits.text.zh.segmenter import Segmenter
from tts.gpt_sovits.text.zh.syllables import split_syllable
from tts.gpt_sovits.text.zh.word_lists import read_sections
from tts.gpt_sovits.text.zh.words import Word
from tts.gpt_sovits.text.zh.yi import tone_of_yi

NUMBER = re.compile("[零一二两三四五六七八九十百千万亿点]+")
BEFORE_PLAIN_BU = "并绝决从毫永也又都很太若如要岂何莫无就还再更最真可挺倒敢能会应该是便则却只总老既概尚仍"
"""In a word of three, 不 behind these denies what follows, and is not the light one of 看不懂."""


def default_rules(segmenter: Segmenter, dictionary: Dictionary, polyphones: Polyphones) -> Rules:
    reader = Reader(segmenter, dictionary, polyphones)
    tones = _Tones(segmenter)

    def tones_alone(word: Word) -> str:
        own = reader.tones(word.text)
        return f"{own[:-1]}5" if tones.is_light_at_the_end(word) else own

    def read(piece: str) -> tuple[list[Word], Syllables]:
        words = segmenter.words(piece)
        syllables = reader.read(piece, words)
        joined = merged(words, tones_alone)
        ends = list(accumulate(len(word.text) for word in joined))
        return joined, [syllables[end - len(word.text) : end] for word, end in zip(joined, ends, strict=True)]

    return Rules(read, tones.change, pauses=(("^", "SP3"),))


class _Tones:
    def __init__(self, segmenter: Segmenter):
        upstream, ours = read_sections("zh_upstream.txt"), read_sections("zh_tones.txt")
        self._segmenter = segmenter
        self._neutral = NeutralTone()
        self._rhotic = frozenset((*upstream["rhotic"], *ours["rhotic"]))
        self._not_rhotic = frozenset((*upstream["not rhotic"], *ours["not rhotic"]))

    def is_light_at_the_end(self, word: Word) -> bool:
        return len(word.text) > 1 and self._neutral.ends_light(word, "", "")

    def change(self, words: list[Word], syllables: Syllables) -> None:
        text = "".join(word.text for word in words)
        original = [syllable[-1] for own in syllables for syllable in own]
        start = 0
        for word, own in zip(words, syllables, strict=True):
            end = start + len(word.text)
            letters, tones = map(list, zip(*map(split_syllable, own), strict=True))
            change_bu(word.text, tones, never_light=BEFORE_PLAIN_BU)
            for position in range(start, end):
                if text[position] == "一":
                    place = position - start
                    tones[place] = tone_of_yi(text, position, original, word.text, place)
            seam = self._seam(word.text)
            self._neutral.apply(word, tones, text[:start], text[end:], seam)
            change_third(tones, seam)
            if not (NUMBER.fullmatch(word.text) or word.text.endswith("每")):  # 千米｜每小时: 每 begins what follows
                raise_last_pair(tones)
            change_rhotic(word, tones, letters[-1], self._rhotic, self._not_rhotic)
            own[:] = map("".join, zip(letters, tones, strict=True))
            start = end

    def _seam(self, word: str) -> int:
        """Where a word comes apart: behind its shortest part, or before it."""
        if len(word) <= 2:
            return len(word)
        part = self._segmenter.shortest_part(word)
        return len(part) if word.startswith(part) else len(word) - len(part)
