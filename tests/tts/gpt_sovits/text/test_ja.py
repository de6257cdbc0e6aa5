"""Japanese through Open JTalk, where it is installed; the labels and the search for the dictionary without it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recorded_phones import RecordedSegment, recorded_segments
from tts.gpt_sovits.text.ja import dictionary
from tts.gpt_sovits.text.ja.japanese import REPEATED_MARKS, Japanese
from tts.gpt_sovits.text.ja.labels import parse, phones_of
from tts.gpt_sovits.text.missing import PartsMissing
from tts.gpt_sovits.text.spelling import LanguageMissing
from tts.gpt_sovits.text.symbols import SYMBOL_IDS

MIXED = st.text(st.sampled_from("こカタ漢字ーっｶﾞ々19Ａa・、。「」!?… 　々\x00") | st.characters(), max_size=60)


@pytest.fixture(scope="module")
def say() -> Callable[[str], str]:
    try:
        japanese = Japanese()
    except LanguageMissing as why:
        pytest.skip(str(why))
    return lambda text: " ".join(japanese.spell(text).phones)


@pytest.mark.parametrize("recorded", recorded_segments("ja"), ids=lambda recorded: recorded.text)
def test_segments_are_spelled_as_upstream_spells_them(say: Callable[[str], str], recorded: RecordedSegment):
    assert say(recorded.text) == recorded.phones


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("こんにちは。", "k o [ N n i ch i w a ."),
        ("東京タワー", "t o [ o ky o o t a ] w a a"),
        ("雨が降る。", "a ] m e g a UNK f u ] r u ."),
        ("ですか？", "d e ] s u k a ?"),
        ("橋と箸", "h a [ sh i ] t o UNK h a ] sh i"),
        ("はい、いいえ！", "h a ] i , i [ i e !"),
        ("50％", "g o [ j u cl p a a s e ] N t o"),
        ("LINEで送る", "r a ] i N d e UNK o [ k u r u"),
        ("学校・会社", "g a [ cl k o o _ k a [ i sh a"),
        ("てゅ", "UNK u"),
        ("すごい!!!", "s u [ g o ] i !"),
        ("「はい」", "UNK h a ] i UNK"),
        ("あ い", "a i"),
        ("あ　い", "a UNK i"),
        ("。", "."),
        ("", ""),
    ],
)
def test_phones_and_pitch(say: Callable[[str], str], text: str, phones: str):
    assert say(text) == phones


def test_repeated_marks_are_one_in_the_normalized_text():
    assert REPEATED_MARKS.sub(r"\1", "え?!…すごい--") == "え?すごい-"


def test_a_text_longer_than_open_jtalk_can_hold_is_spelled_in_stretches(say: Callable[[str], str]):
    assert say("あ" * 5000).split().count("a") == 5000


@given(text=MIXED)
def test_any_text_gives_known_phones(say: Callable[[str], str], text: str):
    assert set(say(text).split()) <= SYMBOL_IDS.keys()


LABELS = [
    "xx^xx-sil+h=a/A:xx+xx+xx/B:xx/E:xx_xx!xx_xx-xx/F:xx_xx#xx_xx@xx/G:2_1%0_xx_xx/H:xx",
    "xx^sil-h+a=sh/A:0+1+2/B:xx/E:xx_xx!xx_xx-xx/F:2_1#0_xx@1/G:xx_xx%xx_xx_xx/H:xx",
    "sil^h-a+sh=I/A:0+1+2/B:xx/E:xx_xx!xx_xx-xx/F:2_1#0_xx@1/G:xx_xx%xx_xx_xx/H:xx",
    "h^a-sh+I=sil/A:1+2+1/B:xx/E:xx_xx!xx_xx-xx/F:2_1#0_xx@1/G:xx_xx%xx_xx_xx/H:xx",
    "a^sh-I+pau=xx/A:1+2+1/B:xx/E:xx_xx!xx_xx-xx/F:2_1#0_xx@1/G:xx_xx%xx_xx_xx/H:xx",
    "sh^I-pau+xx=xx/A:xx+xx+xx/B:xx/E:2_1!0_xx-xx/F:xx_xx#xx_xx@xx/G:xx_xx%xx_xx_xx/H:xx",
    "I^pau-sil+xx=xx/A:xx+xx+xx/B:xx/E:2_1!0_xx-xx/F:xx_xx#xx_xx@xx/G:xx_xx%xx_xx_xx/H:xx",
]
"""箸 and a pause, shortened where nothing is read."""


def test_labels_become_phones_and_pitch_marks():
    assert list(phones_of(LABELS)) == ["h", "a", "]", "sh", "i", "_"]
    assert list(phones_of([])) == []


def test_a_label_tells_the_place_in_the_accent_phrase():
    label = parse(LABELS[2])
    assert (label.phone, label.to_accent, label.mora, label.to_end, label.moras) == ("a", 0, 1, 2, 2)


def test_where_two_accent_phrases_touch_is_a_border():
    next_phrase = LABELS[1].replace("2_1#", "1_1#")
    assert list(phones_of([*LABELS[:5], next_phrase, LABELS[-1]])) == ["h", "a", "]", "sh", "i", "#", "h"]


@pytest.fixture
def dictionary_copy(tmp_path: Path) -> Path:
    (tmp_path / "sys.dic").touch()
    return tmp_path


def test_the_environment_names_the_dictionary(dictionary_copy: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPEN_JTALK_DICT_DIR", str(dictionary_copy))
    assert dictionary.dictionary_folder() == dictionary_copy


def test_otherwise_debians_is_taken(dictionary_copy: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPEN_JTALK_DICT_DIR", raising=False)
    monkeypatch.setattr(dictionary, "DEBIAN_FOLDER", dictionary_copy)
    assert dictionary.dictionary_folder() == dictionary_copy


def test_without_a_dictionary_the_message_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPEN_JTALK_DICT_DIR", str(tmp_path))
    with pytest.raises(LanguageMissing, match="open-jtalk-mecab-naist-jdic") as missing:
        dictionary.dictionary_folder()
    assert isinstance(missing.value, PartsMissing)
    assert all(str(tmp_path) in sentence for sentence in missing.value.note)


def test_without_the_package_the_message_names_the_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyopenjtalk.openjtalk", None)
    with pytest.raises(
        LanguageMissing, match=r"Japanese .* `\.venv/bin/pip install -r requirements-languages\.txt`"
    ) as missing:
        Japanese()
    assert isinstance(missing.value, PartsMissing)
    assert missing.value.note[1].startswith("日语")
