"""Mandarin read right: our own sentences of every kind, and what holds for any text at all."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.text.spelling import RuleSet, Spelling
from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.text.zh.chinese import Chinese
from tts.gpt_sovits.text.zh.punctuation import CANTONESE, SPOKEN
from tts.gpt_sovits.text.zh.syllables import phones_of, split_syllable

SENTENCES = Path(__file__).with_name("zh_sentences.txt")
ANY_TEXT = st.text(
    st.sampled_from(
        "0123456789.,:：/-+=%~$￥¥^€°℃²×<>±年月日号点个元第度万一不儿了着过得地的你好kgmMGBA ，。！？…—·《》（）"
    )
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
    | st.characters(),
    max_size=60,
)


class Said(NamedTuple):
    sentence: str
    normalized: str


class Pronounced(NamedTuple):
    sentence: str
    word: str
    syllables: str


def said_sentences() -> Iterator[Said]:
    for line in lines():
        if " -> " in line:
            yield Said(*line.split(" -> "))


def pronounced_words() -> Iterator[Pronounced]:
    for line in lines():
        sentence, _, words = line.partition(" :: ")
        for word in words.split("; ") if words else ():
            yield Pronounced(sentence, *word.split("="))


def lines() -> list[str]:
    return [line for line in SENTENCES.read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def chinese() -> Chinese:
    return Chinese("default")


def phones_of_word(spelling: Spelling, word: str) -> list[str]:
    place = spelling.normalized.index(word)
    start = sum(spelling.word2ph[:place])
    return list(spelling.phones[start : start + sum(spelling.word2ph[place : place + len(word)])])


@pytest.mark.parametrize("said", list(said_sentences()), ids=lambda said: said.sentence)
def test_figures_and_signs_are_said_as_a_reader_would(chinese: Chinese, said: Said):
    assert chinese.spell(said.sentence).normalized == said.normalized


@pytest.mark.parametrize("pronounced", list(pronounced_words()), ids=lambda item: f"{item.word} in {item.sentence}")
def test_words_are_pronounced_as_in_running_speech(chinese: Chinese, pronounced: Pronounced):
    wanted = [phone for syllable in pronounced.syllables.split() for phone in phones_of(*split_syllable(syllable))]
    assert phones_of_word(chinese.spell(pronounced.sentence), pronounced.word) == wanted


def test_letters_that_belong_to_a_number_are_spelled(chinese: Chinese):
    spelling = chinese.spell("8GB")
    assert spelling.normalized == "八GB"
    assert spelling.phones == ("b", "a1", "JH", "IY1", "B", "IY1")
    assert spelling.word2ph == (2, 2, 2)


def test_a_caret_makes_every_comma_a_short_pause(chinese: Chinese):
    assert chinese.spell("你好^世界，再见").phones.count("SP3") == 2


def test_a_yen_sign_is_money_and_no_pause(chinese: Chinese):
    assert chinese.spell("￥2").normalized == "两元"


def test_cantonese_gets_figures_as_words_and_its_own_marks(chinese: Chinese):
    assert chinese.normalize("飲咗2杯～「好」!!", CANTONESE) == "饮咗两杯-好!!"
    assert chinese.normalize("5G", CANTONESE) == "五"


@pytest.mark.parametrize("rules", ["compat", "default"])
def test_the_first_sentence_waits_for_no_file(rules: RuleSet, monkeypatch: pytest.MonkeyPatch):
    speller = Chinese(rules)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file is read while somebody waits")

    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(Path, "read_text", refuse)
    assert speller.spell("小明2024年5月1日在银行花了3元，他姓单。").phones


@pytest.mark.parametrize("text", ["", " ", "\n", "😀", "abc", "《》", "「」", "\x00", "カナ"])
def test_what_mandarin_has_no_sound_for_is_left_out(chinese: Chinese, text: str):
    spelling = chinese.spell(text)
    assert not set(spelling.normalized) - set("ABC")
    assert len(spelling.normalized) == len(spelling.word2ph)


@given(ANY_TEXT)
@settings(max_examples=400)
def test_any_text_is_spelled(chinese: Chinese, text: str):
    spelling = chinese.spell(text)
    assert len(spelling.word2ph) == len(spelling.normalized)
    assert sum(spelling.word2ph) == len(spelling.phones)
    assert set(spelling.phones) <= SYMBOL_IDS.keys()
    assert not any(character.isdigit() for character in spelling.normalized)


@given(ANY_TEXT)
def test_marks_never_stand_beside_each_other(chinese: Chinese, text: str):
    normalized = chinese.spell(text).normalized
    assert not any(left in SPOKEN and right in SPOKEN for left, right in pairwise(normalized))


@given(st.text("0123456789,.-+:/ ~%", min_size=1, max_size=25).filter(lambda text: any(map(str.isdigit, text))))
def test_every_figure_is_said_somehow(chinese: Chinese, text: str):
    assert chinese.spell(text).phones


@pytest.mark.parametrize("unit", ["1", "1,", "1.", "12:", "1-", "1/", "1~", "$1", "一", "不", "得", "²", "1m/"])
def test_long_texts_of_one_kind_take_no_longer_than_others(chinese: Chinese, unit: str):
    """A pattern that tries every way to part a row of figures would not come back within minutes."""
    assert chinese.spell(unit * (510 // len(unit))).phones
