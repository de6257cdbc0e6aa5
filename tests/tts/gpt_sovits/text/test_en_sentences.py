"""English as it should be read: sentences of every kind, written out and with the right one of several readings."""

from functools import cache
from pathlib import Path

import pytest

from tts.gpt_sovits.text.en.english import English
from tts.gpt_sovits.text.en.readings import Readings
from tts.gpt_sovits.text.en.tenses import part_of_speech
from tts.gpt_sovits.text.en.tokens import tokens

DATA = Path(__file__).with_name("data")
STAR = " starred "


@cache
def english() -> English:
    return English("default")


@cache
def readings() -> Readings:
    return Readings()


def lines(name: str, separator: str) -> list[tuple[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    parts = [line.rpartition(separator) for line in text.splitlines() if not line.startswith("# ")]
    return [(left, right) for left, _, right in parts]


@pytest.mark.parametrize(("sentence", "written_out"), lines("en_sentences.txt", " => "))
def test_a_sentence_is_written_out_as_it_is_read(sentence: str, written_out: str):
    assert english().spell(sentence).normalized == written_out


@pytest.mark.parametrize(("sentence", "phones"), lines("en_homographs.txt", " | "))
def test_a_word_of_several_readings_is_read_as_its_sentence_asks(sentence: str, phones: str):
    place = tokens(sentence.replace("*", STAR)).index(STAR.strip())
    words = tokens(sentence.replace("*", ""))
    if words[place].lower() in readings():
        assert " ".join(readings().choose(words, place, part_of_speech)) == phones
    assert f" {phones} " in f" {' '.join(english().spell(sentence.replace('*', '')).phones)} "


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("Hello, world!", "HH AH0 L OW1 , W ER1 L D !"),
        ("A cat", "AH0 K AE1 T"),
        ("A few. A lot, though.", "AH0 F Y UW1 . AH0 L AA1 T , DH OW1 ."),
        ("A near miss", "AH0 N IH1 R M IH1 S"),
        ("grade A", "G R EY1 D EY1"),
        ("Vitamin A helps", "V AY1 T AH0 M AH0 N EY1 HH EH1 L P S"),
        ("plan A failed", "P L AE1 N EY1 F EY1 L D"),
        ("an A in art", "AE1 N EY1 IH0 N AA1 R T"),
        ("A is for ant", "EY1 IH1 Z F AO1 R AE1 N T"),
        ("A, B", "EY1 , B IY1"),
        ("A", "EY1"),
        ("at 5 a.m.", "AE1 T F AY1 V EY1 EH1 M ."),
        ("NASA", "N AE1 S AH0"),
        ("HTML", "EY1 CH T IY1 EH1 M EH1 L"),
        ("CPUs", "S IY1 P IY1 Y UW1 Z"),
        ("the CEO's", "DH AH0 S IY1 IY1 OW1 Z"),
        ("iPhone", "AY1 F OW1 N"),
        ("WiFi", "W AY1 F AY2"),
        ("kids' toys", "K IH1 D Z T OY1 Z"),
        ("nobody'd've said it'll", "N OW1 B AA2 D IY2 D AH0 V S EH1 D IH1 T AH0 L"),
        ("the organiser realised", "DH AH0 AO1 R G AH0 N AY2 Z ER0 R IY1 AH0 L AY2 Z D"),
        ("sooo goood", "S OW1 G UH1 D"),
        ("timestamps", "T AY1 M S T AE2 M P S"),
        ("kubernetes", "K UW2 B ER0 N EH1 T IY0 Z"),
        ("“Hi”，he said；bye…", "HH AY1 , HH IY1 S EH1 D , B AY1 ."),
        ("Ｈｅｌｌｏ", "HH AH0 L OW1"),
        ("ssh xyz", "EH1 S EH1 S EY1 CH EH1 K S W AY1 Z IY1"),
        ("", ""),
        ("😀", ""),
        ("你好", ""),
        ("…", "."),
    ],
)
def test_phones_of_a_text(text: str, phones: str):
    assert " ".join(english().spell(text).phones) == phones
