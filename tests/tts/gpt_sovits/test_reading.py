"""Phones with BERT's features at the right places, and nothing read twice."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tts.gpt_sovits import reading
from tts.gpt_sovits.reading import Reader, ReadText
from tts.gpt_sovits.text.spelled import SpelledText, put_together
from tts.gpt_sovits.text.spelling import Segment, Spelling

HAO = (Segment("zh", "你好"), Spelling("你好。", ("n", "i3", "h", "ao3", "."), (2, 2, 1)))
HELLO = (Segment("en", "hello"), Spelling("hello", ("HH", "AH0", "L", "OW1")))
PADDED = (Segment("zh", "好"), Spelling("好", (",", "h", "ao3"), (2,)))
"""A mark was put in front, which no character stands for."""
NOTHING = (Segment("zh", "…"), Spelling("", ()))


class Spelled:
    """A front end that knows a few texts, and counts what it was asked."""

    def __init__(self, **texts: list[tuple[Segment, Spelling]]):
        self.texts = texts
        self.asked: list[tuple[str, str]] = []

    def spell(self, text: str, language: str) -> SpelledText:
        self.asked.append((text, language))
        return put_together(self.texts.get(text, [HELLO]))


class CharacterBert:
    """Features that tell which character of which text they belong to."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def features(self, texts: list[str]) -> list[Tensor]:
        self.asked.append(texts)
        numbers = [[[100.0 * (text + 1) + place] * 4 for place in range(len(each))] for text, each in enumerate(texts)]
        return [torch.tensor(each) for each in numbers]


def reader(frontend: Any, bert: Any = None) -> Reader:
    return Reader(frontend, bert, bert_width=4)


def test_each_phone_has_the_features_of_its_character_and_other_languages_have_none():
    bert = CharacterBert()
    read = reader(Spelled(text=[HAO, HELLO, NOTHING, PADDED]), bert).read("text", "zh")
    expected = [100, 100, 101, 101, 102, 0, 0, 0, 0, 0, 200, 200]
    assert read.bert[0].tolist() == expected
    assert torch.equal(read.bert, read.bert[:1].expand(4, -1))
    assert len(read.phones) == len(expected)
    assert bert.asked == [["你好。", "好"]]  # all at once


def test_english_alone_asks_nothing_of_bert():
    bert = CharacterBert()
    read = reader(Spelled(text=[HELLO]), bert).read("text", "en")
    assert not read.bert.any()
    assert bert.asked == []


def test_without_bert_there_are_no_features():
    read = reader(Spelled(text=[HAO])).read("text", "zh")
    assert read.bert.shape == (4, 5)
    assert not read.bert.any()


def test_nothing_to_spell_has_no_phones():
    read = reader(Spelled(text=[NOTHING]), CharacterBert()).read("text", "zh")
    assert read.phones.shape == (0,)
    assert read.phones.dtype == torch.int64
    assert read.bert.shape == (4, 0)


def test_a_text_is_read_once_in_each_language():
    frontend = Spelled()
    here = reader(frontend)
    first = here.read("text", "zh")
    assert here.read("text", "zh") is first
    assert here.read("text", "en") is not first
    assert frontend.asked == [("text", "zh"), ("text", "en")]


def test_what_was_not_read_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "REMEMBERED", 2)
    frontend = Spelled()
    here = reader(frontend)
    for text in ("a", "b", "a", "c", "a", "b"):
        here.read(text, "en")
    assert [text for text, _ in frontend.asked] == ["a", "b", "c", "b"]


def test_long_texts_are_forgotten_sooner(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "REMEMBERED_PHONES", 12)
    frontend = Spelled(long=[HELLO] * 2, huge=[HELLO] * 9)
    here = reader(frontend)
    for text in ("a", "long", "b", "a", "huge", "huge", "b"):
        here.read(text, "en")
    assert [text for text, _ in frontend.asked] == ["a", "long", "b", "a", "huge", "huge", "b"]
    assert here._phone_count <= 12


def test_two_texts_follow_each_other():
    first, second = (ReadText(torch.arange(n), torch.full((4, n), float(n))) for n in (2, 3))
    both = first + second
    assert both.phones.tolist() == [0, 1, 0, 1, 2]
    assert both.bert[0].tolist() == [2, 2, 3, 3, 3]
