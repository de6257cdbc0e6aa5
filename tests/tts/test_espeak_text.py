import pytest
from hypothesis import given
from hypothesis import strategies as st

from tts.espeak_text import (
    CLAUSE_PAUSE_MS,
    LONGEST_SECTION,
    SENTENCE_PAUSE_MS,
    Section,
    clean,
    cut,
    pause_after,
    sections,
    spoken_form,
)


def test_a_mixed_sentence_becomes_sections_with_the_pauses_of_its_marks():
    assert list(sections("你好，Tom! 我有3个苹果", "zh")) == [
        Section("cmn", "你好，", CLAUSE_PAUSE_MS),
        Section("en-us", "Tom!", SENTENCE_PAUSE_MS),
        Section("cmn", " 我有三个苹果", 0),
    ]


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("你好\0世界", "你好 世界"),
        ("\x01200Shello", " 200Shello"),
        ("a\ue000b\u200dc\ufeffd", "abcd"),
        ("\ud800你好", "你好"),
        ('<break time="5s"/>hello</speak>', " hello "),
        ("3 < 5 and 7 > 2", "3 < 5 and 7 > 2"),
        ("好呀😀❤️👨‍👩‍👧～", "好呀 "),
        ("**重要** `code`", "  重要    code "),
        ("ＡＢＣ１２３①𝐇𝐢", "ABC1231Hi"),
        ("3️⃣", "3"),
        ("温度37℃，π≈3", "温度37℃，π≈3"),
    ],
)
def test_what_espeak_would_obey_or_stumble_over_is_removed(text: str, cleaned: str):
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["", " \n\t ", "😀😀", "\0\x01", "<b></b>"])
def test_nothing_to_say_has_no_sections(text: str):
    assert list(sections(text, "zh")) == []


@given(st.text(st.sampled_from("你好ab ，。.!") | st.characters(), max_size=500), st.integers(1, 100))
def test_cutting_loses_nothing_and_keeps_the_limit(text: str, longest: int):
    parts = cut(text, longest)
    assert "".join(parts) == text
    assert all(len(part) <= longest for part in parts)


def test_long_text_is_cut_at_its_marks():
    chinese = "今天天气真不错，我们去公园散步吧。" * 20
    english = "The weather is lovely, let us walk in the park. " * 20
    assert all(part.endswith("。") for part in cut(chinese, LONGEST_SECTION))
    assert all(part.rstrip().endswith(".") for part in cut(english, LONGEST_SECTION))
    assert all(part.endswith(" ") for part in cut("word " * 100, LONGEST_SECTION)[:-1])


@pytest.mark.parametrize(
    ("text", "voice", "spoken"),
    [
        ("$20 for 3kg at 37°C", "en-us", "20 dollars for 3 kilograms at 37 degrees Celsius"),
        ("the kg and the km", "en-us", "the kg and the km"),
        ("50%", "cmn", "百分之五十"),
        ("3個", "yue", "三個"),
        ("3 km", "de", "3 km"),
    ],
)
def test_figures_are_written_for_the_voice_that_reads_them(text: str, voice: str, spoken: str):
    assert spoken_form(text, voice) == spoken


@pytest.mark.parametrize(
    ("text", "pause_ms"),
    [
        ("你好", 0),
        ("hello ", 0),
        ("你好，", CLAUSE_PAUSE_MS),
        ("“你好。”", SENTENCE_PAUSE_MS),
        ("really?) ", SENTENCE_PAUSE_MS),
        ("", 0),
    ],
)
def test_the_last_mark_asks_for_the_pause(text: str, pause_ms: int):
    assert pause_after(text) == pause_ms
