"""Mandarin text as phones."""

from tts.gpt_sovits.text.spelling import RuleSet, Spelling
from tts.gpt_sovits.text.zh.compat import compat_rules
from tts.gpt_sovits.text.zh.default import default_rules
from tts.gpt_sovits.text.zh.dictionary import Dictionary
from tts.gpt_sovits.text.zh.letters import LETTER_PHONES
from tts.gpt_sovits.text.zh.normalizer import Normalizer
from tts.gpt_sovits.text.zh.polyphones import NoPolyphones, Polyphones
from tts.gpt_sovits.text.zh.punctuation import MANDARIN, SPOKEN, Marks, pieces
from tts.gpt_sovits.text.zh.segmenter import Segmenter
from tts.gpt_sovits.text.zh.syllables import phones_of, split_syllable

WARM_UP = "今天天气非常好，我们2024年一起去公园里散步吧。"


class Chinese:
    """Spells Mandarin; making it reads the dictionaries, which takes seconds, and says a sentence."""

    def __init__(self, rules: RuleSet, polyphones: Polyphones | None = None):
        self._normalizer = Normalizer(rules)
        self._dictionary = Dictionary()
        make = compat_rules if rules == "compat" else default_rules
        self._rules = make(Segmenter(), self._dictionary, polyphones or NoPolyphones())
        self.spell(WARM_UP)

    def spell(self, text: str) -> Spelling:
        """Spell a text that may hold anything; what Mandarin has no sound for is left out."""
        for sign, pause in self._rules.pauses:
            if sign in text:
                return self._spell(text.replace(sign, ","), pause)
        return self._spell(text, ",")

    def normalize(self, text: str, marks: Marks = MANDARIN) -> str:
        """The text as it is read aloud: hanzi, spoken marks and, in Mandarin alone, letters that are spelled."""
        return "".join(filter(self._is_spoken, self._normalizer.normalize(text, marks)))

    def _is_spoken(self, character: str) -> bool:
        return character.isascii() or character == "…" or self._dictionary.character(character) is not None

    def _spell(self, text: str, comma: str) -> Spelling:
        normalized = self.normalize(text)
        phones: list[str] = []
        word2ph: list[int] = []
        for piece in pieces(normalized):
            for syllable in self._syllables(piece):
                own = (comma,) if syllable == "," else _phones(syllable)
                phones += own
                word2ph.append(len(own))
        return Spelling(normalized, tuple(phones), tuple(word2ph))

    def _syllables(self, piece: str) -> list[str]:
        words, syllables = self._rules.read(piece)
        self._rules.change_tones(words, syllables)
        return [syllable for word in syllables for syllable in word]


def _phones(syllable: str) -> tuple[str, ...]:
    if syllable in SPOKEN:
        return (syllable,)
    return LETTER_PHONES.get(syllable) or phones_of(*split_syllable(syllable))
