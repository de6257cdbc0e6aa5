"""Korean sound changes that depend on a vowel, a word or its grammar, and those between syllables. Pure.

The marks /B, /E and /P are explained in `tagging`.
"""

import re
from collections.abc import Iterable

from tts.gpt_sovits.text.ko.contact import TENSE, Contact
from tts.gpt_sovits.text.ko.jamo import jamo_of
from tts.gpt_sovits.text.spelling import RuleSet

Change = tuple[re.Pattern[str], str]

VOWELS = "([ᄌᄍᄎ])ᅧ=\\1ᅥ ([ᄀ-ᄊᄌ-ᄒ])ᅴ=\\1ᅵ"
LETTER_NAMES = "디귿=디긋 지읒=지읏 치읓=치읏 티읕=티읏 히읗=히읏 키읔=키윽 피읖=피읍"
"""The last sound of these names is not the letter's own, once a vowel follows."""
SYLLABLES_LIKE_LETTER_NAMES = "ᅳᆮᄋ=ᅳᄉ ᅳ[ᆽᆾᇀᇂ]ᄋ=ᅳᄉ ᅳᆿᄋ=ᅳᄀ ᅳᇁᄋ=ᅳᄇ"
"""Upstream's rule for them is as good as one for every syllable with their vowel."""
STEMS = "ᆰ/P[ᄀᄁ]=ᆯᄁ ᆬ/P(?=[ᄀᄃᄉᄌ])=ᆫ/P ᆱ/P(?=[ᄀᄃᄉᄌ])=ᆷ/P"
TENSING_STEM = re.compile("([ᆫᆷᆲᆴ])/P([ᄀᄃᄉᄌ])")
REDUCED_STEMS = "밟(?=$|[^ᄋᄒ])=밥 넓(?=[ᄌᄍᄃᄄ]ᅮ)=넙"
PALATALS = "ᆮᄋ(?=[ᅵᅧ])=ᄌ ᇀᄋ(?=[ᅵᅧ])=ᄎ ᆴᄋ(?=[ᅵᅧ])=ᆯᄎ ᆮᄒ(?=ᅵ)=ᄎ"
TENSING_ENDING = re.compile("ᆯ/E ([ᄀᄃᄇᄉᄌ])")
TENSED_ENDINGS = "걸=껄 밖에=빠께 세라=쎄라 수록=쑤록 지라도=찌라도 지언정=찌언정 진대=찐대"
"""Where the syllable before ends in ㄹ."""
LINKS = (
    "ᆨᄋ=ᄀ ᆩᄋ=ᄁ ᆫᄋ=ᄂ ᆮᄋ=ᄃ ᆯᄋ=ᄅ ᆷᄋ=ᄆ ᆸᄋ=ᄇ ᆺᄋ=ᄉ ᆻᄋ=ᄊ ᆽᄋ=ᄌ ᆾᄋ=ᄎ ᆿᄋ=ᄏ ᇀᄋ=ᄐ ᇁᄋ=ᄑ"
    " ᆪᄋ=ᆨᄊ ᆬᄋ=ᆫᄌ ᆰᄋ=ᆯᄀ ᆱᄋ=ᆯᄆ ᆲᄋ=ᆯᄇ ᆳᄋ=ᆯᄊ ᆴᄋ=ᆯᄐ ᆵᄋ=ᆯᄑ ᆹᄋ=ᆸᄊ ᇂᄋ=ᄋ ᆭᄋ=ᄂ ᆶᄋ=ᄅ"
)
"""A consonant before a syllable that begins with none moves over to it."""


class SoundChanges:
    """From spelling to sound, both in jamo."""

    def __init__(self, rules: RuleSet):
        is_compat = rules == "compat"
        names = _changes(SYLLABLES_LIKE_LETTER_NAMES) if is_compat else _letter_names()
        self._before_stems = [*_changes(VOWELS), *names, *_changes(STEMS)]
        self._forgets_stems = not is_compat
        self._after_stems = [*_changes(jamo_of(REDUCED_STEMS)), *_changes(PALATALS)]
        self._endings = [(re.compile(f"ᆯ{spelled}"), f"ᆯ{said}") for spelled, said in _pairs(jamo_of(TENSED_ENDINGS))]
        self._contact = Contact(rules)
        self._links = dict(_pairs(LINKS))
        self._link = re.compile("|".join(self._links))

    def apply(self, jamo: str) -> str:
        jamo = TENSING_STEM.sub(lambda stem: stem[1] + TENSE[stem[2]], _apply(self._before_stems, jamo))
        if self._forgets_stems:  # or the marks hide from the next rules what follows the stem, as they do upstream
            jamo = jamo.replace("/P", "")
        jamo = TENSING_ENDING.sub(lambda ending: f"ᆯ {TENSE[ending[1]]}", _apply(self._after_stems, jamo))
        jamo = re.sub("/[PEB]", "", _apply(self._endings, jamo))
        return self._link.sub(lambda pair: self._links[pair[0]], self._contact.apply(jamo))


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for pair in text.split():
        spelled, _, said = pair.rpartition("=")
        yield spelled, said


def _changes(text: str) -> list[Change]:
    return [(re.compile(spelled), said) for spelled, said in _pairs(text)]


def _letter_names() -> list[Change]:
    return [(re.compile(f"{jamo_of(name)}(?=ᄋ)"), jamo_of(said)) for name, said in _pairs(LETTER_NAMES)]


def _apply(changes: list[Change], jamo: str) -> str:
    for spelled, said in changes:
        jamo = spelled.sub(said, jamo)
    return jamo
