"""The compat rules cut a text into languages as upstream does where no language detector decides."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recorded_phones import Recorded, detector_cut_it_otherwise, recorded_texts
from tts.gpt_sovits.text.modes import MODES, UnknownLanguage
from tts.gpt_sovits.text.segmentation import prepare, segment

RECORDED = [text for text in recorded_texts() if not text.is_segmented_by_detector]
TEXT = st.text(
    st.sampled_from("你好ab Z3.5%，。！\n\"'()「」-@:：かカ한글é€$k℃²α😀\x00") | st.characters(), max_size=80
)


def marked(text: str, language: str = "zh") -> str:
    """The segments as one string: zh[...]en[...]."""
    return "".join(f"{part.language}[{part.text}]" for part in segment(text, language, "compat"))


@pytest.mark.parametrize("recorded", RECORDED, ids=str)
def test_texts_are_cut_as_recorded(recorded: Recorded):
    segments = segment(recorded.text, recorded.language, "compat")
    if detector_cut_it_otherwise(recorded, [(part.language, part.text) for part in segments]):
        pytest.skip("a detector of languages decided where this text was cut")
    parts = "".join(f"{part.language}[{part.text}]" for part in recorded.segments)
    stopped = f".{recorded.text}"  # how upstream spells a text again that was too short
    assert parts in (marked(recorded.text, recorded.language), marked(stopped, recorded.language))


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("我用Python写代码。", "zh[我用]en[Python]zh[写代码。]"),
        ("iPhone 15发布了。", "en[iPhone 15]zh[发布了。]"),
        ("PM2.5超标了。", "en[PM]zh[2.5超标了。]"),
        ("ABC12呀", "en[ABC12]zh[呀]"),
        ("密码是x9y8z7。", "zh[密码是]en[x9y8z7。]"),
        ("A，3你好", "en[A，]zh[3你好]"),
        ("iPhone 15，发布了。", "en[iPhone 15，]zh[发布了。]"),
        ("5元/kg", "zh[5元]en[/kg]"),
        ("45元/斤", "zh[45元]en[/]zh[斤]"),
        ("温度5℃左右", "zh[温度5]en[℃]zh[左右]"),
        ("误差±5%", "zh[误差]en[±5%]"),
        ("大约€50", "zh[大约€50]"),
        ("x²+y²=1。", "en[x²+y²=1。]"),
        ("2³", "zh[2³]"),
        ("Hello😀你好", "en[Hello😀]zh[你好]"),
        ("好的👍", "zh[好的]en[👍]"),
        ("naïve的想法", "zh[naïve的想法]"),
        ("“Hello”他说", "en[“Hello”]zh[他说]"),
        ("你好  世界", "zh[你好 世界]"),
        ("12:30", "zh[12:30]"),
        ("！？", "zh[！？]"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_signs_and_figures_follow_their_neighbours(text: str, segments: str):
    assert marked(text) == segments


@pytest.mark.parametrize(
    ("language", "text", "segments"),
    [
        ("en", "你好 world", "en[你好 world]"),
        ("all_zh", "iPhone 15和Mate 60。", "en[iPhone ]zh[15和]en[Mate ]zh[60。]"),
        ("all_zh", "5元/kg和café", "zh[5元]en[/kg]zh[和café]"),
        ("all_zh", "x²", "en[x]zh[²]"),
        ("ja", "100円のコーヒーとHelloを買った。", "ja[100円のコーヒーと]en[Hello]ja[を買った。]"),
        ("zh", "这是カメラ和한국", "zh[这是カメラ和한국]"),
        ("ko", "사과 5개와 iPhone", "ko[사과 5개와 ]en[iPhone]"),
        ("yue", "我鍾意hiking同睇戲。", "yue[我鍾意]en[hiking]yue[同睇戲。]"),
        ("all_yue", "佢有3部iPhone", "yue[佢有3部]en[iPhone]"),
    ],
)
def test_a_named_language_reads_all_but_latin_words(language: str, text: str, segments: str):
    assert marked(text, language) == segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("彼は学生です。他是学生。", "ja[彼は学生です。]zh[他是学生。]"),
        ("日本語が好き。", "ja[日本語が好き。]"),
        ("我喜欢さくら这个词", "zh[我喜欢]ja[さくら]zh[这个词]"),
        ("東京、大阪へ行く", "ja[東京、大阪へ行く]"),
        ("私は3時に起きます。", "ja[私は3時に起きます。]"),
        ("안녕하세요，你好", "ko[안녕하세요，]zh[你好]"),
        (
            "価格は500円です。价格是500元。The price is 500.",
            "ja[価格は500円です。]zh[价格是500元。]en[The price is 500.]",
        ),
        ("働く", "ja[働く]"),
        ("労働", "ja[労働]"),
        ("大雨", "zh[大雨]"),
        ("繁體中文", "zh[繁體中文]"),
    ],
)
def test_hanzi_are_japanese_beside_kana_unless_they_are_simplified(text: str, segments: str):
    assert marked(text, "auto") == segments
    assert marked(text, "auto_yue") == segments.replace("zh[", "yue[")


def test_an_unknown_language_is_named_with_those_that_are_known():
    with pytest.raises(UnknownLanguage, match="'fr' is not one of zh, en, ja"):
        segment("bonjour", "fr", "compat")


@given(TEXT, st.sampled_from(sorted(MODES)))
def test_the_segments_joined_are_the_text_without_outer_and_repeated_blanks(text: str, language: str):
    segments = segment(text, language, "compat")
    assert "".join(part.text for part in segments) == prepare(text, language, "compat")
    assert all(part.text for part in segments)
    assert all(left.language != right.language for left, right in pairwise(segments))
