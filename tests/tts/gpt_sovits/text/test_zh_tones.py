"""Tone rules by themselves; tones are written as a row of figures."""

from collections.abc import Callable

import pytest

from tts.gpt_sovits.text.zh.merging import merged
from tts.gpt_sovits.text.zh.rhotic import change_rhotic
from tts.gpt_sovits.text.zh.sandhi import change_bu, change_third, change_yi_as_upstream, raise_last_pair
from tts.gpt_sovits.text.zh.words import Word
from tts.gpt_sovits.text.zh.yi import tone_of_yi


def changed(change: Callable[[list[str]], None], tones: str) -> str:
    own = list(tones)
    change(own)
    return "".join(own)


@pytest.mark.parametrize(
    ("word", "before", "after"),
    [("不对", "44", "24"), ("不好", "43", "43"), ("看不懂", "443", "453"), ("不要怕", "444", "244"), ("不", "4", "4")],
)
def test_bu(word: str, before: str, after: str):
    assert changed(lambda tones: change_bu(word, tones), before) == after


def test_bu_behind_an_adverb_is_not_light():
    assert changed(lambda tones: change_bu("决不会", tones, never_light="决"), "244") == "224"


@pytest.mark.parametrize(
    ("word", "before", "after"),
    [
        ("一天", "11", "41"),
        ("一个", "14", "24"),
        ("看一看", "414", "454"),
        ("第一名", "412", "412"),
        ("二十一", "421", "421"),
        ("统一", "31", "31"),
        ("十一点", "213", "243"),
    ],
)
def test_yi_as_upstream(word: str, before: str, after: str):
    assert changed(lambda tones: change_yi_as_upstream(word, tones), before) == after


@pytest.mark.parametrize(
    ("text", "tones", "tone"),
    [
        ("一天", "11", "4"),
        ("一个", "14", "2"),
        ("一", "1", "1"),
        ("一二三", "141", "1"),
        ("一百", "13", "4"),
        ("一万", "14", "2"),
        ("一月", "14", "1"),
        ("一号", "14", "1"),
        ("一楼", "12", "1"),
        ("一等奖", "133", "1"),
        ("一点五", "133", "4"),
        ("一,", "1,", "1"),
    ],
)
def test_yi_at_the_beginning(text: str, tones: str, tone: str):
    assert tone_of_yi(text, 0, list(tones), text, 0) == tone


@pytest.mark.parametrize(
    ("text", "position", "tones", "tone"),
    [
        ("十一点", 1, "213", "1"),
        ("二十一个", 2, "4214", "1"),
        ("一百一十", 2, "1312", "1"),
        ("三亿一千", 2, "3411", "4"),
        ("第一次", 1, "414", "1"),
        ("看一看", 1, "414", "5"),
        ("负一层", 1, "412", "1"),
        ("一一列", 0, "114", "4"),
        ("一一列", 1, "114", "2"),
    ],
)
def test_yi_inside(text: str, position: int, tones: str, tone: str):
    assert tone_of_yi(text, position, list(tones), text, position) == tone


@pytest.mark.parametrize(
    ("tones", "left_length", "after"),
    [
        ("33", 2, "23"),
        ("333", 2, "223"),
        ("333", 1, "323"),
        ("334", 2, "234"),
        ("334", 1, "234"),
        ("433", 1, "423"),
        ("3333", 2, "2323"),
        ("33333", 2, "33333"),
        ("13", 2, "13"),
    ],
)
def test_third_tones(tones: str, left_length: int, after: str):
    assert changed(lambda own: change_third(own, left_length), tones) == after


def test_the_pair_that_upstream_overlooks():
    assert changed(raise_last_pair, "233") == "223"
    assert changed(raise_last_pair, "333") == "333"


@pytest.mark.parametrize(
    ("word", "tag", "before", "after"),
    [
        ("一会儿", "m", "142", "144"),
        ("玩儿", "v", "22", "22"),
        ("女儿", "n", "32", "32"),
        ("花儿", "n", "11", "12"),
        ("小明儿", "nr", "322", "322"),
        ("儿", "n", "2", "2"),
    ],
)
def test_rhotic(word: str, tag: str, before: str, after: str):
    never = frozenset({"女儿", "花儿"})
    assert changed(lambda tones: change_rhotic(Word(word, tag), tones, "er", frozenset(), never), before) == after


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        ("不/d 要/v", "不要"),
        ("好/a 不/d", "好 不"),
        ("看/v 一/m 看/v", "看一看"),
        ("一/m 个/q 人/n", "一个 人"),
        ("慢/a 慢/a 走/v", "慢慢 走"),
        ("我/r 很/d 好/a", "我很好"),
        ("花/n 儿/n", "花儿"),
    ],
)
def test_words_are_joined_for_the_tone_rules(words: str, joined: str):
    tones = {"我": "3", "很": "3", "好": "3", "走": "3"}
    cut = [Word(*word.split("/")) for word in words.split()]
    result = merged(cut, lambda word: "".join(tones.get(character, "4") for character in word.text))
    assert " ".join(word.text for word in result) == joined
