"""Korean: rules of pronunciation, and the whole speller with mecab-ko where it is installed."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recorded_phones import RecordedSegment, recorded_segments
from tts.gpt_sovits.text.ko.contact import Contact
from tts.gpt_sovits.text.ko.jamo import jamo_of, letters_of
from tts.gpt_sovits.text.ko.korean import Korean
from tts.gpt_sovits.text.ko.numbers import native, say_numbers, sino
from tts.gpt_sovits.text.ko.tagging import marker
from tts.gpt_sovits.text.symbols import SYMBOL_IDS

MIXED = st.text(st.sampled_from('가값닭없ㄱㅏ각한국 3개AZ,.!?·%-"\n') | st.characters(codec="utf-8"), max_size=60)


@pytest.fixture(scope="module", params=["compat", "default"])
def korean(request: pytest.FixtureRequest) -> Korean:
    pytest.importorskip("mecab", reason="python-mecab-ko is not installed")
    return Korean(request.param)


def said(korean: Korean, text: str) -> str:
    return "".join(korean.spell(text).phones)


@pytest.fixture
def without_mecab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mecab", None)


@pytest.mark.parametrize("recorded", recorded_segments("ko"), ids=lambda recorded: recorded.text)
def test_segments_are_spelled_as_upstream_spells_them(korean: Korean, recorded: RecordedSegment):
    spelled = korean.spell(recorded.text)
    assert " ".join(spelled.phones) == recorded.phones
    assert spelled.normalized == recorded.normalized


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("안녕하세요", "ㅇㅏㄴㄴㅣㅓㅇㅎㅏㅅㅔㅇㅣㅗ."),
        ("국물", "ㄱㅜㅇㅁㅜㄹ."),
        ("같이", "ㄱㅏㅊㅣ."),
        ("할 일이", "ㅎㅏㄹ空ㅇㅣㄹㅣ."),
        ("3시에", "ㅅㅔㅅㅣㅇㅔ."),
        ("여덟 개", "ㅇㅣㅓㄷㅓㄹ空ㄲㅐ."),
        ("신라", "ㅅㅣㄹㄹㅏ."),
        ("독립", "ㄷㅗㅇㄴㅣㅂ."),
        ("앉고 싶어요", "ㅇㅏㄴㄲㅗ空ㅅㅣㅍㅓㅇㅣㅗ."),
        ("읽기", "ㅇㅣㄹㄲㅣ."),
        ("많지", "ㅁㅏㄴㅊㅣ."),
        ("갈 데가", "ㄱㅏㄹ空ㄸㅔㄱㅏ."),
        ("희망", "ㅎㅣㅁㅏㅇ."),
        ("6·25", "ㅇㅣㅜㄱㅣㅇㅗ."),
        ("KBS", "ㅋㅔㅇㅣㅂㅣㅇㅔㅅㅡ."),
        ("좋다!", "ㅈㅗㅌㅏ!"),
        ("ㅋㅋ", "ㅋㅋ."),
        ("(네)", "停ㄴㅔ停"),
        ("", ""),
    ],
)
def test_words_sound_as_they_are_said(korean: Korean, text: str, phones: str):
    assert said(korean, text) == phones


def test_upstream_takes_any_syllable_like_a_letter_for_its_name():
    assert said(Korean("compat"), "끝이") == "ㄲㅡㅅㅣ."
    assert said(Korean("default"), "끝이") == "ㄲㅡㅊㅣ."
    assert said(Korean("compat"), "히읗이") == said(Korean("default"), "히읗이") == "ㅎㅣㅇㅡㅅㅣ."


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("국물이 맛있어요.", "ㄱㅜㅇㅁㅜㄹㅣ空ㅁㅏㅅㅣㅆㅓㅇㅣㅗ."),
        ("사과 5개 주세요", "ㅅㅏㄱㅗㅏ空ㄷㅏㅅㅓㄷㄲㅐ空ㅈㅜㅅㅔㅇㅣㅗ."),
        ("2024년", "ㅇㅣㅊㅓㄴㅣㅅㅣㅂㅆㅏㄴㅣㅓㄴ."),
        ("100원", "ㅂㅐㄱㅜㅓㄴ."),
        ("010", "ㅇㅣㅓㅇㅇㅣㄹㅣㅓㅇ."),
    ],
)
@pytest.mark.usefixtures("without_mecab")
def test_without_the_tagger_the_rules_alone_do_most(text: str, phones: str):
    assert said(Korean("default"), text) == phones


@pytest.mark.usefixtures("without_mecab")
def test_without_the_tagger_counters_are_known_from_a_list():
    assert marker()("3시간 5분 7킬로") == "3시간/B 5분/B 7킬로/B"
    assert marker()("시간이 없다") == "시간이 없다"


def test_the_tagger_marks_counters_endings_and_stems():
    pytest.importorskip("mecab", reason="python-mecab-ko is not installed")
    mark = marker()
    assert mark("사과 5개") == "사과 5개/B"
    assert mark("할 일") == "할/E 일"
    assert mark("앉고") == "앉/P고"
    assert mark("이상\tx") == "이상\tx"


@pytest.mark.parametrize(
    ("figures", "compat", "default"),
    [
        ("0", "영", "영"),
        ("7", "칠", "칠"),
        ("10", "십", "십"),
        ("2024", "이천이십사", "이천이십사"),
        ("10000", "만", "만"),
        ("110000", "십만", "십일만"),
        ("11110000", "천백십만", "천백십일만"),
        ("100000000", "일억", "일억"),
        ("1100000000", "일십일억", "십일억"),
        ("100010000", "일억만", "일억일만"),
        ("1234567890123456", "일천이백삼십사조오천육백칠십팔억구천십이만삼천사백오십육", None),
    ],
)
def test_figures_are_said_in_myriads(figures: str, compat: str, default: str | None):
    assert sino(figures, "compat") == compat
    if default:
        assert sino(figures, "default") == default


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ("1", "한"),
        ("20", "스무"),
        ("21", "스물한"),
        ("99", "아흔아홉"),
        ("100", "백"),
        ("121", "백스물한"),
        ("0", "영"),
    ],
)
def test_things_are_counted_in_koreas_own_numerals(figures: str, words: str):
    assert native(figures, "default") == words


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("3시/B 30분/B", "세시/B 삼십분/B"),
        ("13개/B와 3개/B", "열세개/B와 세개/B"),
        ("15,000원/B", "만오천원/B"),
        ("010-12", "영일영-일이"),
        ("12345678901234567개/B", "일이삼사오육칠팔구영일이삼사오육칠개/B"),
    ],
)
def test_figures_before_counters_are_numbers_and_others_said_one_by_one(marked: str, words: str):
    assert say_numbers(marked, "default") == words


@pytest.mark.parametrize(
    ("spelled", "spoken"),
    [
        *(("국물", "궁물"), ("받는", "반는"), ("앞문", "암문"), ("독립", "동닙"), ("종로", "종노"), ("난로", "날로")),
        *(("칼날", "칼랄"), ("학교", "학꾜"), ("밥솥", "밥쏟"), ("좋다", "조타"), ("싫다", "실타"), ("입학", "이팍")),
        *(("값도", "갑또"), ("닭", "닥"), ("넓다", "널따"), ("젊다", "점다"), ("꽃 위", "꼳 위"), ("옷 한", "오 탄")),
        *(
            ("놓는", "논는"),
            ("앓는", "알른"),
            ("않소", "안쏘"),
            ("맞히다", "마치다"),
            ("여덟", "여덜"),
            ("앞률", "암뉼"),
        ),
    ],
)
def test_consonants_change_where_syllables_meet(spelled: str, spoken: str):
    assert Contact("default").apply(jamo_of(spelled)) == jamo_of(spoken)


@pytest.mark.parametrize(
    ("spelled", "compat", "default"),
    [("앞률", "안뉼", "암뉼"), ("여덟통", "여덟통", "여덜통"), ("앓 다", "알 타", "알 타")],
)
def test_cells_that_upstreams_table_lacks(spelled: str, compat: str, default: str):
    assert Contact("compat").apply(jamo_of(spelled)) == jamo_of(compat)
    assert Contact("default").apply(jamo_of(spelled)) == jamo_of(default)


def test_syllables_fall_apart_into_letters():
    assert [ord(jamo) for jamo in jamo_of("가힣A")] == [0x1100, 0x1161, 0x1112, 0x1175, 0x11C2, ord("A")]
    assert letters_of(jamo_of("값이")) == "ㄱㅏㅄㅇㅣ"


@given(text=MIXED)
def test_any_text_gives_known_phones(korean: Korean, text: str):
    assert set(korean.spell(text).phones) <= SYMBOL_IDS.keys()
