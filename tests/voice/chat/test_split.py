"""The golden table, every rule in Chinese, English and both, and what holds for any reply at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.chat.cuts import CutRules
from voice.chat.spans import SpanRules
from voice.chat.split import Piece, SplitRules, Splitter

CLASSIC = SplitRules(SpanRules(nested=False), None)
BALANCED = SplitRules()
TAGS = frozenset({"普通", "开心", "sad"})


def split(reply: str, rules: SplitRules = BALANCED, delta_length: int = 1) -> list[Piece]:
    splitter = Splitter(rules)
    pieces = []
    for start in range(0, len(reply), delta_length):
        pieces += splitter.feed(reply[start : start + delta_length])
    return pieces + splitter.finish()


def texts(reply: str, rules: SplitRules = BALANCED) -> list[str]:
    return [piece.text for piece in split(reply, rules)]


def spoken(reply: str, rules: SplitRules = BALANCED) -> list[str]:
    return [piece.spoken for piece in split(reply, rules)]


GOLDEN = [
    (
        '[普通]"你好呀，今天天气真不错！我们一起去公园散步吧。你觉得怎么样？"（开心地笑）',
        ["你好呀，", "今天天气真不错！", "我们一起去公园散步吧。", "你觉得怎么样？"],
    ),
    ('"好，这里有逗号，还有逗号，最后句号。"', ["好，", "这里有逗号，还有逗号，最后句号。"]),
    ('"你好（小声）世界，真的很好。再见"', ["你好世界，", "真的很好。再见"]),
    ('"嗯。好。行。走吧。"', ["嗯。", "好。行。走吧。"]),
    ('"好的。嗯"', ["好的。"]),
    ('"没有结束的句子', ["没有结束的句子"]),
    ('"你好"他说"世界"', ["你好世界"]),
    ('（他说"不要读"）"要读这句。"', ["要读这句。"]),
    ('"好的～我知道了~谢谢你呀~"', ["好的～我知道了~", "谢谢你呀~"]),
    ('"Hello there. How are you today? I am fine!"', ["Hello there. How are you today?", " I am fine!"]),
    ('"注意：第一点；第二点、第三点。"', ["注意：第一点；第二点、第三点。"]),
    ("你好，没有引号。", []),
    ("“你好，弯引号。”", []),
    ('"前面（外（内）外）后面的话。"', ["前面外后面的话。"]),
]


@pytest.mark.parametrize(("reply", "expected"), GOLDEN)
def test_classic_cuts_as_the_original_does(reply: str, expected: list[str]):
    assert texts(reply, CLASSIC) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('[普通]"你好呀，今天天气真不错！我们一起去公园。"', ["你好呀，今天天气真不错！", "我们一起去公园。"]),
        ('"今天天气，真不错，走吧。好的"', ["今天天气，", "真不错，走吧。", "好的"]),
        ('"Well, I think we should go, right? Sure."', ["Well, I think we should go,", " right? Sure."]),
        (
            '"I see, OK then, my friend. All right, let us go home now. Bye!"',
            ["I see, OK then,", " my friend. All right, let us go home now.", " Bye!"],
        ),
        ('"You\'re Anna, of course. Isn’t it fun, though?"', ["You're Anna, of course.", " Isn’t it fun, though?"]),
        ('"我用 Python 写，你呢？"', ["我用 Python 写，", "你呢？"]),
        ('"你好"他说"世界"', ["你好", "世界"]),
        ('"好的。嗯"', ["好的。", "嗯"]),
        ('"Yes. I"', ["Yes.", " I"]),
        ('"前面（外（内）外）后面的话。"', ["前面后面的话。"]),
        ('"first line\nsecond line here now\nthird"', ["first line\n", "second line here now\n", "third"]),
        ('"真的吗？！太好了！！！我们现在就走吧……好的。"', ["真的吗？", "！太好了！！！我们现在就走吧……", "好的。"]),
        ('"Hello there. How are you today? I am fine!"', ["Hello there.", " How are you today?", " I am fine!"]),
    ],
)
def test_balanced_begins_early_and_goes_on_in_sentences(reply: str, expected: list[str]):
    assert texts(reply) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "现在是12:30:15，一共3.5元和1,000,000人，比分3~5个左右都行",
        "It costs 3.50 dollars at 12:30 for 1,000,000 people or 5~6 of them",
        "Ask Dr. Smith or J. R. Jones, e.g. at 5 p.m. today vs. tomorrow etc. and so on",
        "看 https://example.com/a.b?x=1,2&y=!z 和 www.test.cn/~me?q=。",
        "See https://example.com/a.b?x=1,2&y=!z or file.txt or example.com now",
        "1. 打开应用 2. 点击开始",
    ],
)
def test_nothing_is_cut_inside_numbers_times_addresses_and_abbreviations(sentence: str):
    rules = SplitRules(cuts=CutRules(first_comma=100, max_length=400))
    whole = texts(f'"嗯！{sentence}"', rules)
    assert "".join(whole) == f"嗯！{sentence}"
    assert len(whole) == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            '"他说 3 点见，It is 5 o\'clock. 好的，我们走吧。"',
            ["他说 3 点见，", "It is 5 o'clock.", " 好的，我们走吧。"],
        ),
        ('"I have 2024. Then 3 more."', ["I have 2024.", " Then 3 more."]),
        ('"Wait... what is it now? Fine."', ["Wait…", " what is it now?", " Fine."]),
        ('"等一下...我在想。"', ["等一下…", "我在想。"]),
    ],
)
def test_full_stops_end_sentences_but_not_numbers(reply: str, expected: list[str]):
    assert texts(reply) == expected


def test_an_overlong_sentence_is_cut_at_a_pause_else_between_words():
    with_pauses = texts('"' + "我们先去商店买苹果；" * 12 + '"')
    assert all(len(text) <= 50 for text in with_pauses)
    assert all(text.endswith("；") for text in with_pauses)
    english = texts('"' + "and then we walk on " * 30 + '"')
    assert all(len(text.split()) <= 41 for text in english)
    assert "".join(english) == "and then we walk on " * 30
    assert max(map(len, texts('"' + "一" * 500 + '"'))) <= 60
    assert max(map(len, texts('"' + "x" * 5000 + '"'))) <= 400


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('<think>"不要说"</think>\n\n"要说的。"', ["要说的。"]),
        ('<think>\nI say "no".\n</think>"Yes, of course."', ["Yes, of course."]),
        ('"**重点**是`这个`，# 不是那个。"', ["重点是这个，", "不是那个。"]),
        ('"*Really* __good__ and `so on` 3*4=12."', ["Really good and so on 3*4=12."]),
        ('"太好了😀🎉！👍🏽我们走👨‍👩‍👧吧❤️。"', ["太好了！", "我们走吧。"]),
        ('"Great 😀! Let us go 🚀 to the moon now."', ["Great !", "Let us go  to the moon now."]),
        ('"看[这里](https://a.b/c)吧。"', ["看这里吧。"]),
        ('```\nprint("no")\n```\n"说这个。"', ["说这个。"]),
        ('"😀😀"', [""]),
    ],
)
def test_thoughts_markdown_and_emoji_are_never_spoken(reply: str, expected: list[str]):
    assert spoken(reply) == expected


def test_thoughts_are_left_out_of_the_final_message_unless_they_are_kept():
    reply = '<think>hm "x"</think>\n\n[普通]"好...的。"'
    for rules, expected in ((BALANCED, '[普通]"好…的。"'), (SplitRules(keep_thinking=True), reply.replace("...", "…"))):
        splitter = Splitter(rules)
        splitter.feed(reply)
        splitter.finish()
        assert splitter.reply == expected


def test_a_tag_selects_the_reference_of_the_pieces_after_it():
    rules = SplitRules(SpanRules(tags=TAGS))
    pieces = split('"一。"[开心]"二号。[sad]three here. "[什么]"四[普通]"', rules)
    assert [(piece.tag, piece.text.strip()) for piece in pieces] == [
        (None, "一。"),
        ("开心", "二号。"),
        ("sad", "three here."),
        ("sad", "四"),
    ]


def test_an_unknown_tag_inside_quotes_is_spoken_and_a_known_one_is_not():
    rules = SplitRules(SpanRules(tags=TAGS))
    assert texts('"[开心]你好[大笑]呀。"', rules) == ["你好[大笑]呀。"]
    assert texts('"[开[开心]你好。[普"', rules) == ["[开", "你好。[普"]


def test_a_tag_between_glued_spans_changes_the_voice_in_classic_too():
    rules = SplitRules(SpanRules(tags=TAGS, nested=False), None)
    assert [(piece.tag, piece.text) for piece in split('"你好"[开心]"世界"', rules)] == [
        (None, "你好"),
        ("开心", "世界"),
    ]


@pytest.mark.parametrize(
    ("spans", "reply", "expected"),
    [
        (SpanRules(curly_quotes=True), "他说“你好呀。”然后走了。", ["你好呀。"]),
        (SpanRules(curly_quotes=True), "She said “Hello there.” and left.", ["Hello there."]),
        (SpanRules(corner_quotes=True), "他说「你好『世界』呀。」了。", ["你好世界呀。"]),
        (SpanRules(speak_all=True), '[开心]你好呀（笑）。他说"走吧"。', ["你好呀。", "他说走吧。"]),
        (
            SpanRules(speak_all=True),
            "Hello (smiles) there. See [this](http://a.b) now, please.",
            ["Hello  there.", "See this now, please."],
        ),
    ],
)
def test_other_quotes_and_unquoted_speech_are_switches(spans: SpanRules, reply: str, expected: list[str]):
    assert spoken(reply, SplitRules(spans)) == expected


def test_the_switches_of_the_balanced_style():
    assert texts('"你好"他说"世界"', SplitRules(cuts=CutRules(flush_at_quote=False))) == ["你好世界"]
    assert texts('"One is here. Two is."', SplitRules(cuts=CutRules(full_stop=False))) == ["One is here. Two is."]
    assert texts('"一行字\n两行字"', SplitRules(cuts=CutRules(line_break=False))) == ["一行字\n两行字"]
    assert texts('"好的。嗯', SplitRules(cuts=CutRules(keep_last=False))) == ["好的。"]
    assert texts('"好！"、"！！"、"走"') == ["好！", "！！走"]
    assert texts('"好！"、"！！"、"走"', SplitRules(cuts=CutRules(merge_marks=False))) == ["好！", "！！", "走"]


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [
        (
            "今天我们要去看的那个网站的地址就是https://example.com/abc?x=1:2,3;4&y=5",
            "https://example.com/abc?x=1:2,3;4&y=5",
        ),
        ("我们昨天在那家新开的小店里面一共花掉的钱大概也就是3，500日元左右吧", "3，500"),
        ("从我们家出发到那个很远很远的火车站去最晚的时间应该就是12：30左右了", "12：30"),
    ],
)
def test_an_overlong_sentence_is_not_cut_inside_numbers_and_addresses(sentence: str, whole: str):
    assert any(whole in text for text in texts(f'"{sentence}然后我们再往前面走一走看一看，好吗"'))


def test_the_voice_does_not_get_what_is_left_of_the_marks_before():
    assert spoken('"真的吗……我不知道。"') == ["真的吗…", "我不知道。"]


def test_marks_alone_are_text_without_speech():
    assert [(piece.text, piece.spoken) for piece in split('"好的！！！"')] == [("好的！", "好的！"), ("！！", "")]
    assert split('"。。。"')[0].spoken == ""
    assert not split('"   "')


def test_it_knows_whether_anything_was_spoken_and_which_quotes_went_by():
    splitter = Splitter(BALANCED)
    splitter.feed("“你好。”")
    splitter.finish()
    assert not splitter.has_spoken
    assert splitter.saw_foreign_quotes


ALPHABET = st.sampled_from(
    [
        *'"[]()（）“”「」`.…,，。！？!?~：:;、 \n*#😀<>/',
        *"好走了abc A19",
        "<think>",
        "</think>",
        "[开心]",
        "...",
        "http://a.b/",
        "Mr. ",
    ]
)
REPLIES = st.lists(ALPHABET, max_size=60).map("".join)
RULES = st.sampled_from(
    [
        CLASSIC,
        BALANCED,
        SplitRules(SpanRules(tags=TAGS, curly_quotes=True, corner_quotes=True)),
        SplitRules(SpanRules(tags=TAGS, speak_all=True), CutRules(max_length=10), keep_thinking=True),
        SplitRules(cuts=CutRules(flush_at_quote=False, merge_marks=False)),
    ]
)


@given(REPLIES, RULES, st.lists(st.integers(1, 9), min_size=1))
def test_where_deltas_break_never_matters(reply: str, rules: SplitRules, lengths: list[int]):
    splitter, pieces, at = Splitter(rules), [], 0
    while at < len(reply):
        length = lengths[at % len(lengths)]
        pieces += splitter.feed(reply[at : at + length])
        at += length
    pieces += splitter.finish()
    assert pieces == split(reply, rules)
    assert pieces == split(reply, rules, delta_length=max(1, len(reply)))


@given(st.text(alphabet=st.sampled_from([*"好走了你他abc 19.,，。！？!?~：:;、…\nMr"]), max_size=300), st.booleans())
def test_no_spoken_character_is_lost_or_doubled(speech: str, flush: bool):
    said = texts(f'前言"{speech}"后语', SplitRules(cuts=CutRules(flush_at_quote=flush, max_length=20)))
    expected = speech.replace("...", "…")
    assert "".join(said).rstrip() == expected.rstrip() or not expected.strip()


@given(REPLIES)
def test_every_reply_survives_into_the_final_message(reply: str):
    splitter = Splitter(SplitRules(keep_thinking=True))
    splitter.feed(reply)
    splitter.finish()
    assert splitter.reply == reply.replace("...", "…")
