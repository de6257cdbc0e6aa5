"""The words of GPT-SoVITS for the languages of a request. Pure."""

from dataclasses import dataclass

from tts.gpt_sovits.text.spelling import Language


@dataclass(frozen=True)
class Mode:
    """What a request's language leaves open.

    main: who reads hanzi, and whatever no rule gives to another language.
    is_auto: kana and hangul are read in their own languages, hanzi perhaps in Japanese.
    owns_figures: figures are always read in the main language.
    """

    main: Language
    is_auto: bool = False
    owns_figures: bool = False


MODES = {
    "zh": Mode("zh"),
    "en": Mode("en", owns_figures=True),
    "ja": Mode("ja"),
    "ko": Mode("ko"),
    "yue": Mode("yue"),
    "auto": Mode("zh", is_auto=True),
    "auto_yue": Mode("yue", is_auto=True),
    "all_zh": Mode("zh", owns_figures=True),
    "all_ja": Mode("ja", owns_figures=True),
    "all_ko": Mode("ko", owns_figures=True),
    "all_yue": Mode("yue", owns_figures=True),
}


class UnknownLanguage(ValueError):
    """A request in a language that the front end has no word for."""

    def __init__(self, language: str) -> None:
        choices = ", ".join(MODES)
        super().__init__(f"The language {language!r} is not one of {choices}.")
        self.chinese = f"没有语言 {language!r}，可选：{choices}。"


def mode_of(language: str) -> Mode:
    """Raises UnknownLanguage. Regions, as in zh-CN, and capitals make no difference."""
    try:
        return MODES[language.strip().lower().partition("-")[0]]
    except KeyError:
        raise UnknownLanguage(language) from None
