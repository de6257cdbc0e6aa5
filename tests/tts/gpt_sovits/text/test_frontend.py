"""The way from a text to phones, with spellers that say one phone per letter."""

import threading
import time
from dataclasses import dataclass, field

import pytest

from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.modes import UnknownLanguage
from tts.gpt_sovits.text.spelled import SpelledText
from tts.gpt_sovits.text.spelling import Language, LanguageMissing, RuleSet, Speller, Spelling
from tts.gpt_sovits.text.symbols import MARKS, SYMBOL_IDS

LETTER_PHONES = {"zh": "b", "en": "K", "ja": "ky", "ko": "ㄱ", "yue": "Ya"}


@dataclass
class PhonePerLetter:
    """Marks are spoken as they are, other signs not at all."""

    language: Language
    texts: list[str] = field(default_factory=list)

    def spell(self, text: str) -> Spelling:
        self.texts.append(text)
        spoken = [char for char in text if char.isalnum() or char in MARKS]
        phones = tuple(char if char in MARKS else LETTER_PHONES[self.language] for char in spoken)
        is_counted = self.language in ("zh", "yue")
        return Spelling("".join(spoken), phones, (1,) * len(phones) if is_counted else ())


class Makers:
    """Makes such spellers and remembers them."""

    def __init__(self, *missing: Language, seconds: float = 0):
        self.made: list[PhonePerLetter] = []
        self._missing = missing
        self._seconds = seconds

    def make(self, language: Language, rules: RuleSet) -> Speller:
        if language in self._missing:
            raise LanguageMissing(f"{language} is not installed")
        time.sleep(self._seconds)
        self.made.append(PhonePerLetter(language))
        return self.made[-1]

    def languages(self) -> list[Language]:
        return [speller.language for speller in self.made]


def spell(text: str, language: str = "zh", rules: RuleSet = "default") -> SpelledText:
    return Frontend(rules, Makers().make).spell(text, language)


def said(text: str, language: str = "zh", rules: RuleSet = "default") -> str:
    return " ".join(spell(text, language, rules).phones)


def test_segments_know_their_language_and_their_phones():
    spelled = spell("我喜欢Python，真的。")
    assert [(part.language, part.text, part.start, part.end) for part in spelled.segments] == [
        ("zh", "我喜欢", 0, 3),
        ("en", "Python，", 3, 9),
        ("zh", "真的。", 9, 11),
    ]
    assert spelled.normalized == "我喜欢Python真的"
    assert spelled.phones == (*"bbb", *"KKKKKK", *"bb")
    assert spelled.ids == tuple(SYMBOL_IDS[phone] for phone in spelled.phones)


def test_only_mandarin_and_cantonese_count_phones_per_character():
    assert [part.word2ph for part in spell("我喜欢Python，真的").segments] == [(1, 1, 1), (), (1, 1)]
    assert [part.word2ph for part in spell("我鍾意hiking", "yue").segments] == [(1, 1, 1), ()]


@pytest.mark.parametrize("rules", ["compat", "default"])
def test_a_short_text_begins_with_a_stop(rules: RuleSet):
    spelled = spell("你好", rules=rules)
    assert spelled.phones == (".", "b", "b")
    assert [(part.normalized, part.word2ph, part.start, part.end) for part in spelled.segments] == [
        (".你好", (1, 1, 1), 0, 3)
    ]
    assert said("你好世界呀啊", rules=rules) == "b b b b b b"


def test_upstream_puts_the_stop_before_the_written_text_and_so_reads_another_number():
    makers = Makers()
    Frontend("compat", makers.make).spell("5", "zh")
    assert makers.made[0].texts == ["5", ".5"]
    makers = Makers()
    Frontend("default", makers.make).spell("5", "zh")
    assert makers.made[0].texts == ["5"]


@pytest.mark.parametrize(
    ("text", "compat", "default"),
    [
        ("去年的A股涨了", "b b b , K b b b", "b b b K b b b"),
        ("去年的apps涨了", "b b b K K K K b b", "b b b K K K K b b"),
        ("OK", ", . K K", ", . K K"),
        ("A股", ", . K b", ", . K b"),
        ("A股大盘", ", . K b b b", ". K b b b"),
        ("去年的涨跌", ". b b b b b", ". b b b b b"),
        ("好/吧/是/吗/呀", "b , b , b , b , b", ". b b b b b"),
    ],
)
def test_short_english_begins_with_a_comma(text: str, compat: str, default: str):
    """By default only where the whole text is as short."""
    assert said(text, rules="compat") == compat
    assert said(text, rules="default") == default


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "。。。", "……", "《》", "\u200b", "🇨🇳👍🏽", "!?"])
def test_a_text_without_anything_to_say_has_no_phones(text: str):
    for language in ("zh", "en", "auto", "all_ja", "yue"):
        spelled = spell(text, language)
        assert spelled.phones == spelled.ids == ()
        assert spelled.segments == ()
        assert spelled.normalized == ""


def test_upstream_says_marks_alone():
    assert said("。。。", rules="compat") == "."
    assert said("😀", rules="compat") == ", ."


def test_segments_without_phones_are_left_out():
    spelled = spell("请看「」 ' Python和编程")
    assert [part.text for part in spelled.segments] == ["请看「」 ' ", "Python", "和编程"]
    assert said("%和A和/和B", "zh") == ". b K b b K"


def test_spellers_are_made_when_they_are_needed_and_kept():
    makers = Makers()
    frontend = Frontend("default", makers.make)
    frontend.spell("你好世界", "zh")
    assert makers.languages() == ["zh"]
    frontend.spell("你好World", "zh")
    frontend.spell("Hello世界", "zh")
    assert makers.languages() == ["zh", "en"]


@pytest.mark.parametrize(
    ("named", "made"),
    [
        (["zh"], {"zh", "en"}),
        (["all_yue", "en"], {"yue", "en"}),
        (["auto"], {"zh", "en", "ja", "ko"}),
        (["ja"], {"ja", "en"}),
        ([], {"en"}),
    ],
)
def test_warming_up_makes_what_the_languages_need_and_says_something(named: list[str], made: set[str]):
    makers = Makers()
    Frontend("default", makers.make).warm_up(named)
    assert set(makers.languages()) == made
    assert all(speller.texts for speller in makers.made)


def test_warming_up_for_any_language_goes_without_what_is_not_installed():
    makers = Makers("ja")
    Frontend("default", makers.make).warm_up(["auto"])
    assert set(makers.languages()) == {"zh", "en", "ko"}


def test_a_language_that_is_named_must_be_installed():
    frontend = Frontend("default", Makers("ja").make)
    with pytest.raises(LanguageMissing, match="ja is not installed"):
        frontend.warm_up(["ja"])
    with pytest.raises(LanguageMissing, match="ja is not installed"):
        frontend.spell("こんにちは", "auto")
    assert frontend.spell("你好世界", "auto").phones


def test_an_unknown_language_is_refused():
    with pytest.raises(UnknownLanguage, match="klingon"):
        spell("nuqneH", "klingon")


def test_threads_that_come_at_once_share_one_speller():
    makers = Makers(seconds=0.05)
    frontend = Frontend("default", makers.make)
    texts = ["你好Python世界"] * 8
    results: list[SpelledText] = []
    threads = [threading.Thread(target=lambda text=text: results.append(frontend.spell(text, "zh"))) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(makers.languages()) == ["en", "zh"]
    assert len(results) == 8
    assert len({result.phones for result in results}) == 1
