from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.text_runs import Run, split_runs, voice_for

MIXED = st.text(
    st.sampled_from("你好世界ab Z3.5%，。！\n\"'()「」-@:：かカ한글é€$k g℃😀\x00") | st.characters(), max_size=80
)


def marked(text: str, language: str = "zh") -> str:
    """The runs as one string: c[...] Mandarin, e[...] English, other voices by their name."""
    short = {"cmn": "c", "en-us": "e"}
    return "".join(f"{short.get(run.voice, run.voice)}[{run.text}]" for run in split_runs(text, language))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("你好，世界！", "c[你好，世界！]"),
        ("Hello, world!", "e[Hello, world!]"),
        ("我用iPhone打电话", "c[我用]e[iPhone]c[打电话]"),
        ("你好 hello 世界", "c[你好 ]e[hello ]c[世界]"),
        ("「你好」，she said.", "c[「你好」，]e[she said.]"),
        ("Don't worry，没事的", "e[Don't worry，]c[没事的]"),
        ("我喜欢C++和Python", "c[我喜欢]e[C++]c[和]e[Python]"),
        ("打开 https://a.com/x?y=1 吧", "c[打开 ]e[https://a.com/x?y=1 ]c[吧]"),
        ("他说hello。Then he left.", "c[他说]e[hello。Then he left.]"),
        ("안녕 hello", "ko[안녕 ]e[hello]"),
        ("ありがとう、谢谢", "ja[ありがとう、]c[谢谢]"),
        ("「(", "c[「(]"),
        ("", ""),
    ],
)
def test_a_text_is_cut_where_its_script_changes(text: str, runs: str):
    assert marked(text) == runs


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("我有3kg苹果和5个banana", "c[我有3kg苹果和5个]e[banana]"),
        ("我用 iPhone 15 打电话。", "c[我用 ]e[iPhone ]c[15 打电话。]"),
        ("他买了iPhone 15。", "c[他买了]e[iPhone ]c[15。]"),
        ("今天37℃，湿度50%", "c[今天37℃，湿度50%]"),
        ("I bought 3 包子 yesterday.", "e[I bought 3 ]c[包子 ]e[yesterday.]"),
        ("I am 3.5 m tall", "e[I am 3.5 m tall]"),
        ("他说 I love you 3 times 然后走了", "c[他说 ]e[I love you 3 times ]c[然后走了]"),
        ("I have 2 apples. 我有2个苹果。", "e[I have 2 apples. ]c[我有2个苹果。]"),
        ("听MP3，用5G", "c[听]e[MP3，]c[用]e[5G]"),
        ("12:30pm吃饭", "e[12:30pm]c[吃饭]"),
        ("12:30吃饭", "c[12:30吃饭]"),
        ("Apple $999 很贵啊", "e[Apple ]c[$999 很贵啊]"),
    ],
)
def test_figures_are_read_in_the_language_that_they_stand_in(text: str, runs: str):
    assert marked(text) == runs


@pytest.mark.parametrize(
    ("language", "runs"),
    [("zh", "c[12:30]"), ("en", "e[12:30]"), ("ja", "ja[12:30]"), ("auto", "c[12:30]"), ("de", "de[12:30]")],
)
def test_figures_alone_are_read_in_the_language_of_the_voice(language: str, runs: str):
    assert marked("12:30", language) == runs


def test_cantonese_keeps_its_hanzi_and_german_its_latin_letters():
    assert split_runs("你好3個 hello", "yue") == [Run("yue", "你好3個 "), Run("en-us", "hello")]
    assert split_runs("Straße 3, Grüße", "de") == [Run("de", "Straße 3, Grüße")]


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        *((word, "cmn") for word in ("zh", "all_zh", "auto", "ZH", "zh-CN", "zh_TW", "")),
        *((word, "yue") for word in ("yue", "all_yue", "auto_yue")),
        *(("en", "en-us"), ("en-GB", "en-us"), ("all_ja", "ja"), ("ko", "ko"), ("fr", "fr")),
        ("../../etc/passwd\n", "etcpasswd"),
    ],
)
def test_languages_name_espeak_voices(language: str, voice: str):
    assert voice_for(language) == voice


@given(MIXED, st.sampled_from(["zh", "en", "ja", "ko", "yue", "de", "auto"]))
def test_no_character_is_lost_or_moved(text: str, language: str):
    assert "".join(run.text for run in split_runs(text, language)) == text


@given(MIXED)
def test_neighbouring_runs_differ_in_voice(text: str):
    runs = split_runs(text, "zh")
    assert all(run.text for run in runs)
    assert all(left.voice != right.voice for left, right in pairwise(runs))
