"""The whole way from a text to phones: segments, their spellings, and what is put before texts too short to speak."""

from collections.abc import Callable, Iterable

from tts.gpt_sovits.text.modes import mode_of
from tts.gpt_sovits.text.padding import SHORTEST_TEXT, SpelledSegments, count_phones, padded, with_commas
from tts.gpt_sovits.text.segmentation import segment
from tts.gpt_sovits.text.spelled import SpelledText, put_together
from tts.gpt_sovits.text.spellers import Spellers, make_speller
from tts.gpt_sovits.text.spelling import Language, LanguageMissing, RuleSet, Speller

SAMPLES: dict[Language, str] = {
    "zh": "今天天气非常好，我们2024年一起去公园里散步吧。",
    "en": "Hello, I have read 3 books about zyxology.",
    "ja": "こんにちは、元気ですか？",
    "ko": "안녕하세요, 반갑습니다.",
    "yue": "我哋去飲茶啦，好唔好？",
}


class Frontend:
    """Spells texts by one rule set; any number of threads may use it at once."""

    def __init__(self, rules: RuleSet, make_speller: Callable[[Language, RuleSet], Speller] = make_speller):
        self._rules: RuleSet = rules
        self._spellers = Spellers(rules, make_speller)

    def warm_up(self, languages: Iterable[str]) -> None:
        """Load and exercise what texts in these languages need, so that the first is as quick as the tenth.

        languages: upstream's words. In the auto modes Japanese and Korean are loaded where they are installed.
        Raises UnknownLanguage and, for a language that is named, LanguageMissing.
        """
        modes = [mode_of(language) for language in languages]
        needed: set[Language] = {"en", *(mode.main for mode in modes)}
        for language in needed:
            self._spellers.of(language).spell(SAMPLES[language])
        if any(mode.is_auto for mode in modes):
            self._warm_up_if_installed("ja", "ko")

    def _warm_up_if_installed(self, *languages: Language) -> None:
        for language in languages:
            try:
                self._spellers.of(language).spell(SAMPLES[language])
            except LanguageMissing:
                pass

    def spell(self, text: str, language: str) -> SpelledText:
        """Spell a piece; a text in which nothing can be spoken gives no phones.

        language: upstream's word for the language of the request. Raises UnknownLanguage and LanguageMissing.
        """
        if self._rules == "default":
            return put_together(padded(self._spelled_segments(text, language)))
        spelled = with_commas(self._spelled_segments(text, language))
        if count_phones(spelled) < SHORTEST_TEXT:
            spelled = with_commas(self._spelled_segments(f".{text}", language))
        return put_together(spelled)

    def _spelled_segments(self, text: str, language: str) -> SpelledSegments:
        segments = segment(text, language, self._rules)
        return [(one, self._spellers.of(one.language).spell(one.text)) for one in segments]
