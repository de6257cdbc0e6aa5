"""Cantonese through ToJyutping, where it is installed; the syllables and the counting of phones without it."""

import sys

import pytest

from tests.support.recorded_phones import RecordedSegment, recorded_segments
from tts.gpt_sovits.text.missing import PartsMissing
from tts.gpt_sovits.text.spellers import make_speller
from tts.gpt_sovits.text.spelling import LanguageMissing, Speller
from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.text.yue.cantonese import Cantonese, reader
from tts.gpt_sovits.text.yue.syllables import phones_of


@pytest.fixture(scope="module", params=["compat", "default"])
def cantonese(request: pytest.FixtureRequest) -> Speller:
    try:
        return make_speller("yue", request.param)
    except LanguageMissing as why:
        pytest.skip(str(why))


@pytest.mark.parametrize("recorded", recorded_segments("yue"), ids=lambda recorded: recorded.text)
def test_segments_are_spelled_as_upstream_spells_them(cantonese: Speller, recorded: RecordedSegment):
    spelled = cantonese.spell(recorded.text)
    assert " ".join(spelled.phones) == recorded.phones
    assert spelled.normalized == recorded.normalized
    assert spelled.word2ph == recorded.word2ph


def test_figures_are_said(cantonese: Speller):
    spelled = cantonese.spell("今日3號")
    assert spelled.normalized == "今日三号"
    assert len(spelled.phones) == 8


@pytest.mark.parametrize(
    ("syllable", "phones"),
    [
        ("faan6", "Yf Yaan6"),
        ("gwok3", "Ygw Yok3"),
        ("ngo5", "Yng Yo5"),
        ("ng5", "Yng Yg5"),
        ("m4", "Ym Ym4"),
        ("jyut6", "Yj Yyut6"),
        ("aa3", "Yaa Ya3"),
        ("aai1", "Yaa Yi1"),
        ("uk1", "Yuk Yk1"),
        ("oi3", "Yoi Yi3"),
        ("zeoi3", "Yz Yeoi3"),
    ],
)
def test_a_syllable_is_two_phones(syllable: str, phones: str):
    assert " ".join(phones_of(syllable)) == phones


def test_of_all_syllables_only_a_few_are_unknown_to_the_models():
    """Those without an onset whose rime never stood alone in training."""
    unknown = {"aang1", "ang1", "ap1", "ong1", "ong2", "ong3", "ung3"}
    for syllable in (*unknown, "hoeng1", "gong2", "wui5", "kwik1", "loeng5", "sik6", "ou3", "ngaam1"):
        assert (set(phones_of(syllable)) <= SYMBOL_IDS.keys()) == (syllable not in unknown), syllable


def spelled(text: str, readings: dict[str, str | None]):
    return Cantonese(str.strip, lambda text: [(char, readings.get(char)) for char in text]).spell(text)


def test_marks_are_spoken_and_counted():
    spelling = spelled("好,好…", {"好": "hou2"})
    assert spelling.phones == ("Yh", "You2", ",", "Yh", "You2", "…")
    assert spelling.word2ph == (2, 1, 2, 1)


def test_a_character_may_have_several_syllables_or_none():
    spelling = spelled(" 瓩好囧 ", {"瓩": "cin1 ngaa5", "好": "hou2", "囧": None})
    assert spelling.normalized == "瓩好"
    assert spelling.word2ph == (4, 2)
    assert spelling.phones == ("Yc", "Yin1", "Yng", "Yaa5", "Yh", "You2")


def test_without_the_package_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ToJyutping", None)
    with pytest.raises(
        LanguageMissing, match=r"Cantonese .* `\.venv/bin/pip install -r requirements-languages\.txt`"
    ) as missing:
        reader()
    assert isinstance(missing.value, PartsMissing)
    assert missing.value.note[1].startswith("粤语")
