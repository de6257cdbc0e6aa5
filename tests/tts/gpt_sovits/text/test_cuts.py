"""Where upstream cuts a text; the recorded cases first, then the corners that no recording covers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vectors import models_vectors
from tts.gpt_sovits.text.cuts import CLAUSE_ENDS, LONGEST_PIECE, WAYS, NothingToSay, clauses, cut_into_pieces

RECORDED = json.loads((models_vectors() / "text_split.json").read_text("utf-8"))
TEXT = st.text(st.sampled_from("你好ab 12.。，,!?！？…—~:：；、-\n") | st.characters(codec="utf-8"), max_size=120)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["text"])[:30])
@pytest.mark.parametrize("way", WAYS)
def test_each_way_cuts_as_recorded(case: dict, way: str):
    recorded = case[way]
    if recorded == {"error": "IndexError"}:  # upstream fails on an empty text; here nothing is cut
        recorded = ""
    assert WAYS[way](case["text"]) == recorded


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: repr(case["text"])[:30])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pieces_are_those_recorded(case: dict, way: str, language: str):
    recorded = case[f"pre_seg.{language}.{way}"]
    if isinstance(recorded, dict):
        with pytest.raises(ValueError, match=recorded["msg"]):
            cut_into_pieces(case["text"], language, way)
    else:
        assert cut_into_pieces(case["text"], language, way) == recorded


def test_dashes_alone_are_a_pause_that_nobody_speaks():
    assert WAYS["cut0"]("--") == "\n"
    assert WAYS["cut1"]("--") == ""
    assert WAYS["cut2"]("--") == "--"
    assert WAYS["cut5"]("--") == "--"


@pytest.mark.parametrize("way", ["cut0", "cut1", "cut2", "cut4", "cut5"])
def test_a_text_of_dashes_has_no_pieces(way: str):
    assert cut_into_pieces("--", "zh", way) == []  # the stop put in front makes it more than mere marks for a while


@pytest.mark.parametrize(("language", "way"), [("zh", "cut3"), *(("en", f"cut{n}") for n in (0, 1, 4))])
def test_a_text_of_dashes_is_refused_where_the_stop_is_a_mere_mark_or_is_dropped(language: str, way: str):
    with pytest.raises(NothingToSay):
        cut_into_pieces("--", language, way)


def test_clauses_of_exactly_fifty_are_not_more_than_fifty():
    fifty = "一" * 49 + "。"
    assert WAYS["cut2"](fifty * 3) == "\n".join([fifty * 2, fifty])
    assert WAYS["cut2"](fifty * 2) == fifty * 2
    assert WAYS["cut2"](fifty + "二" * 50 + "。") == fifty + "二" * 50 + "。"


def test_a_rest_of_fifty_stands_alone_and_one_of_49_joins_the_piece_before():
    long = "一" * 51 + "。"
    fifty = "二" * 49 + "。"
    assert WAYS["cut2"](long + fifty) == f"{long}\n{fifty}"
    assert WAYS["cut2"](long + fifty[1:]) == long + fifty[1:]


def test_stops_around_a_text_are_dropped_with_those_between():
    assert WAYS["cut3"]("。a。b。") == "a\nb"
    assert WAYS["cut4"](".a.b.") == "a\nb"
    assert cut_into_pieces("。a。b。", "zh", "cut3") == ["ab。"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("你好世，界", "。你好世，界。"),
        ("你好世界，你", "你好世界，你。"),
        (" 你 ，再见了", "。 你 ，再见了。"),
        ("，你好世界", "，你好世界。"),
    ],
)
def test_a_first_clause_of_four_characters_is_long_enough(text: str, piece: str):
    assert cut_into_pieces(text, "zh", "cut0") == [piece]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Q3. A", "Q3. A"),
        ("5 and 5.", "5 and 5"),
        ("5 and 5. Six.", "5 and 5. Six"),
        ("a.b", "a\nb"),
        ("v1.2.3 is out. Good.", "v1.2.3 is out\n Good"),
    ],
)
def test_a_stop_beside_a_figure_ends_nothing(text: str, cut: str):
    assert WAYS["cut4"](text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("圆周率是3.14，对吗？", "圆周率是3.14，\n对吗？"),
        ("1.2.3", "1.2.3"),
        ("第1.节", "第1.\n节"),
        ("a；b;c", "a；b;\nc"),
        ("a:b：c", "a:b：\nc"),
        ("。。。", ""),
    ],
)
def test_cut5_spares_decimals_and_knows_its_own_marks(text: str, cut: str):
    assert WAYS["cut5"](text) == cut


def test_four_clauses_make_a_piece_and_the_last_keeps_the_rest():
    assert WAYS["cut1"]("a,b,c,d,e,f,g,h,") == "a,b,c,d,e,f,g,h,"
    assert WAYS["cut1"]("a,b,c,d,e,f,g,h,i") == "a,b,c,d,\ne,f,g,h,i。"
    assert clauses("好……是——吗") == ["好。", "是，", "吗。"]


def test_short_lines_are_joined_until_they_have_five_characters():
    assert cut_into_pieces("一二三四五，\n六\n七八", "zh", "cut0") == ["一二三四五，六七八。"]
    assert cut_into_pieces("一二三四五，\n六七八九十", "zh", "cut0") == ["一二三四五，", "六七八九十。"]


def test_english_ends_with_its_own_stop():
    assert cut_into_pieces("Hello there\nGeneral", "en", "cut0") == ["Hello there.", "General."]


def test_repeated_marks_are_kept_only_when_streaming():
    assert cut_into_pieces("这是真的吗?!?!是的。", "zh", "cut0") == ["这是真的吗?是的。"]
    assert cut_into_pieces("这是真的吗?!?!是的。", "zh", "cut0", is_streamed=True) == ["这是真的吗?!?!是的。"]


def test_an_overlong_piece_is_cut_between_clauses():
    clause = "字" * 99 + "，"
    assert [len(piece) for piece in cut_into_pieces(clause * 12, "zh", "cut0")] == [500, 500, 200]


def test_a_clause_without_marks_is_cut_at_the_limit_of_bert():
    pieces = cut_into_pieces("字" * 1200, "zh", "cut0")
    assert [len(piece) for piece in pieces] == [510, 510, 181]
    assert "".join(pieces) == "字" * 1200 + "。"


def test_an_unknown_way_is_a_key_error():
    with pytest.raises(KeyError, match="cut9"):
        cut_into_pieces("你好世界", "zh", "cut9")


@given(TEXT, st.sampled_from(["zh", "en"]), st.sampled_from(sorted(WAYS)), st.booleans())
def test_every_piece_can_be_spoken(text: str, language: str, way: str, is_streamed: bool):
    try:
        pieces = cut_into_pieces(text, language, way, is_streamed)
    except NothingToSay:
        return
    for piece in pieces:
        assert 0 < len(piece) <= LONGEST_PIECE
        assert "\n" not in piece
    if len(pieces) == 1:
        assert pieces[0][-1] in CLAUSE_ENDS


@given(TEXT)
def test_letters_are_neither_lost_nor_moved(text: str):
    for way in WAYS:
        assert [char for char in WAYS[way](text) if char.isalnum()] == [char for char in text if char.isalnum()]
