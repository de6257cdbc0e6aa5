"""The spellers of the languages, each made when it is first needed."""

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import get_args

from tts.gpt_sovits.text.spelling import Language, RuleSet, Speller

LANGUAGES: tuple[Language, ...] = get_args(Language)


class Spellers:
    """One speller per language, whatever number of threads asks for it first."""

    def __init__(self, rules: RuleSet, make: Callable[[Language, RuleSet], Speller]):
        self._rules: RuleSet = rules
        self._make = make
        self._made: dict[Language, Speller] = {}
        self._locks = {language: Lock() for language in LANGUAGES}

    def of(self, language: Language) -> Speller:
        """Raises LanguageMissing."""
        if language not in self._made:
            with self._locks[language]:
                if language not in self._made:
                    self._made[language] = self._make(language, self._rules)
        return self._made[language]


def make_speller(language: Language, rules: RuleSet) -> Speller:
    """Load a language. Raises LanguageMissing when its packages are absent."""
    if language == "zh":
        from tts.gpt_sovits.text.zh.chinese import Chinese

        return Chinese(rules)
    if language == "en":
        from tts.gpt_sovits.text.en.english import English

        return English(rules)
    if language == "ja":
        from tts.gpt_sovits.text.ja.japanese import Japanese

        return Japanese()
    if language == "ko":
        from tts.gpt_sovits.text.ko.korean import Korean

        return Korean(rules)
    return _cantonese(rules)


def _cantonese(rules: RuleSet) -> Speller:
    from tts.gpt_sovits.text.yue.cantonese import Cantonese, reader
    from tts.gpt_sovits.text.zh.normalizer import Normalizer
    from tts.gpt_sovits.text.zh.punctuation import CANTONESE

    return Cantonese(partial(Normalizer(rules).normalize, marks=CANTONESE), reader())
