"""Korean text as phones."""

import re
from pathlib import Path

from tts.gpt_sovits.text.ko.jamo import jamo_of, letters_of
from tts.gpt_sovits.text.ko.numbers import say_numbers
from tts.gpt_sovits.text.ko.rules import SoundChanges
from tts.gpt_sovits.text.ko.tagging import marker
from tts.gpt_sovits.text.spelling import RuleSet, Spelling
from tts.gpt_sovits.text.symbols import SYMBOL_IDS

WORDS = Path(__file__).parents[1] / "data" / "ko_words.txt"
LATIN_LETTERS = (
    "에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 아르 에스 티 유 브이 더블유 엑스 와이 제트"
).split()
LATIN = {
    ord(letter) + case: name
    for letter, name in zip("abcdefghijklmnopqrstuvwxyz", LATIN_LETTERS, strict=True)
    for case in (0, -32)
}
DIPHTHONGS = {
    ord(pair[0]): pair[2:]
    for pair in (
        "ㅘ=ㅗㅏ ㅙ=ㅗㅐ ㅚ=ㅗㅣ ㅝ=ㅜㅓ ㅞ=ㅜㅔ ㅟ=ㅜㅣ ㅢ=ㅡㅣ ㅑ=ㅣㅏ ㅒ=ㅣㅐ ㅕ=ㅣㅓ ㅖ=ㅣㅔ ㅛ=ㅣㅗ ㅠ=ㅣㅜ"
    ).split()
}
LONE_VOWEL = re.compile("(?<![ᄀ-ᄒ])(?=[ᅡ-ᅵ])")
INSERTED_N = re.compile("(?<=[ㅇㄹ]ㅡㄹ )ㄹ")
LAST_LETTER = re.compile(r"(?<=[ㄱ-ㅣ])$")
MARKS = dict(zip("：；，。！？\n·、 ", [*",,,.!?.,,", "空"], strict=True))
OTHER_SIGN = "停"


class Korean:
    """Spells Korean; making it reads a word list and, where it is installed, the tagger's dictionary."""

    def __init__(self, rules: RuleSet):
        self._rules: RuleSet = rules
        pairs = (
            pair.split("=")
            for line in WORDS.read_text("utf-8").splitlines()
            if line[:1] != "#"
            for pair in line.split()
        )
        self._words = [(word, said) for word, said in pairs]
        self._mark = marker()
        self._changes = SoundChanges(rules)

    def spell(self, text: str) -> Spelling:
        letters = INSERTED_N.sub("ㄴ", self._letters(text))
        phones = [MARKS.get(letter, letter) for letter in LAST_LETTER.sub(".", letters)]
        return Spelling(text, tuple(phone if phone in SYMBOL_IDS else OTHER_SIGN for phone in phones))

    def _letters(self, text: str) -> str:
        text = text.translate(LATIN)
        for word, said in self._words:
            text = text.replace(word, said)
        sounds = self._changes.apply(jamo_of(say_numbers(self._mark(text), self._rules)))
        return letters_of(LONE_VOWEL.sub("ᄋ", sounds)).translate(DIPHTHONGS)
