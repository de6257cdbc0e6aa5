import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.recognizer import Heard
from asr.transcript import EMOTIONS, EVENTS, read_transcript


@pytest.mark.parametrize(
    ("raw", "heard"),
    [
        ("<|zh|><|NEUTRAL|><|Speech|><|withitn|>今天天气真好。", Heard("今天天气真好。", "zh", "neutral", "speech")),
        ("<|en|><|HAPPY|><|Speech|><|withitn|> Hello there.", Heard("Hello there.", "en", "happy", "speech")),
        ("<|yue|><|SAD|><|BGM|><|woitn|>唔該", Heard("唔該", "yue", "sad", "bgm")),
        ("<|zh|><|EMO_UNKNOWN|><|Event_UNK|><|withitn|>嗯。", Heard("嗯。", "zh")),
        ("<|nospeech|><|EMO_UNKNOWN|><|Event_UNK|><|withitn|>", Heard("")),
        ("<|nospeech|><|EMO_UNKNOWN|><|BGM|><|withitn|> .", Heard("", event="bgm")),
        ("<|ja|><|NEUTRAL|><|Speech|><|withitn|>。", Heard("", "ja", "neutral", "speech")),
        ("没有标签", Heard("没有标签")),
        ("", Heard("")),
    ],
)
def test_tags_become_fields(raw: str, heard: Heard):
    assert read_transcript(raw) == heard


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<|zh|><|Speech|>你好。 <|zh|><|Speech|>再见。", "你好。再见。"),
        ("<|en|><|Speech|> Hello. <|en|><|Speech|> Good bye.", "Hello. Good bye."),
        ("<|ko|><|Speech|>안녕 <|ko|><|Speech|>하세요", "안녕 하세요"),
        ("<|zh|>你好 <|nospeech|><|BGM|> <|en|>OK", "你好OK"),
    ],
)
def test_passages_are_joined_as_their_script_does_it(raw: str, text: str):
    heard = read_transcript(raw)
    assert heard.text == text
    assert heard.language == raw[2:4]


def test_a_tag_within_a_sentence_leaves_no_gap():
    assert read_transcript("<|en|>That is <|Laughter|>funny").text == "That is funny"
    assert read_transcript("<|zh|>真<|Laughter|>好笑").text == "真好笑"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\u2028", "\v", "\t \n"])
def test_text_is_one_stripped_line(line_break: str):
    assert read_transcript(f"<|en|> one{line_break}two {line_break}").text == "one two"


def test_pictographs_go_by_default_but_not_the_signs_people_say():
    raw = "<|zh|>好的\N{GRINNING FACE} 37.5℃，100€ \N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"
    assert read_transcript(raw).text == "好的 37.5℃，100€"


def test_pictographs_stay_and_stand_for_tags_with_the_switch():
    raw = "<|zh|><|HAPPY|><|BGM|><|withitn|>好的\N{THUMBS UP SIGN} <|zh|><|HAPPY|><|BGM|><|withitn|>再见"
    expected = "\N{MUSICAL SCORE}好的\N{THUMBS UP SIGN}再见\N{SMILING FACE WITH SMILING EYES}"
    assert read_transcript(raw, keep_emoji=True).text == expected


def test_music_alone_is_no_utterance_even_with_the_switch():
    assert read_transcript("<|nospeech|><|HAPPY|><|BGM|>", keep_emoji=True).text == ""


@given(st.lists(st.one_of(st.sampled_from([f"<|{name}|>" for name in (*EMOTIONS, *EVENTS, "zh", "x")]), st.text())))
def test_no_tag_and_no_line_break_ever_remains(parts: list[str]):
    text = read_transcript("".join(parts)).text
    assert not any(f"<|{name}|>" in text for name in (*EMOTIONS, *EVENTS, "zh", "x"))
    assert text.splitlines() in ([], [text])
    assert text == text.strip()
