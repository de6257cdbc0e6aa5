"""Mandarin exactly as upstream spells it, its misreadings included."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tts.gpt_sovits.text.test_zh_default import ANY_TEXT
from tts.gpt_sovits.text.symbols import SYMBOL_IDS, symbol_ids
from tts.gpt_sovits.text.zh.chinese import Chinese

VECTORS = Path(__file__).parents[3] / "vectors"
PHONES = Path(os.environ.get("YINLIU_PHONES") or VECTORS / "phones")
SHORTEST = 6
"""Texts with fewer phones are spelled again with a full stop before them, which is no matter of Mandarin."""


def recorded() -> list[dict[str, Any]]:
    items = json.loads((PHONES / "phones_more.json").read_text("utf-8"))
    return [item for item in items if "segments" in item]


def segments() -> list[dict[str, Any]]:
    return [segment for item in recorded() for segment in item["segments"] if segment["lang"] == "zh"]


def all_chinese() -> list[dict[str, Any]]:
    return [
        item
        for item in recorded()
        if len(item["ids"]) >= SHORTEST and all(part["lang"] == "zh" for part in item["segments"])
    ]


@pytest.fixture(scope="module")
def chinese() -> Chinese:
    return Chinese("compat")


@pytest.mark.parametrize("segment", segments(), ids=lambda segment: segment["text"])
def test_a_segment_is_normalized_as_upstream_does(chinese: Chinese, segment: dict[str, Any]):
    spelling = chinese.spell(segment["text"])
    assert spelling.normalized == segment["norm"]
    assert list(spelling.word2ph) == segment["word2ph"]


@pytest.mark.parametrize("item", all_chinese(), ids=lambda item: item["text"])
def test_a_text_is_spelled_as_upstream_does(chinese: Chinese, item: dict[str, Any]):
    phones = [phone for part in item["segments"] for phone in chinese.spell(part["text"]).phones]
    assert symbol_ids(phones) == item["ids"]


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("工作了15年", "工作了一五年"),
        ("营业8:30-12:45", "营业八点半至十二点半"),
        ("比分3:2", "比分三二"),
        ("需要3-5天", "需要三减五天"),
        ("第2名", "第两名"),
        ("总共3500", "总共三五零零"),
        ("销量12,345台", "销量十二,三百四十五台"),
        ("跑了2公里", "跑了二公里"),
        ("排行榜", "排行搒"),
        ("我们24/7营业", "我们七分之二十四营业"),
        ("啊——好", "啊好"),
    ],
)
def test_what_upstream_misreads_is_misread(chinese: Chinese, text: str, normalized: str):
    assert chinese.normalize(text) == normalized


@pytest.mark.parametrize(
    ("word", "phones"),
    [
        ("目的", "m u4 d i5"),
        ("以下", "y i3 x ia5"),
        ("身不由己", "sh en1 b u4 y ou2 j i5"),
        ("哟", "OO o5"),
        ("你好吗", "n i2 h ao3 m a5"),
        ("慢慢地走", "m an4 m an4 d i5 z ou3"),
    ],
)
def test_tones_are_those_of_upstream(chinese: Chinese, word: str, phones: str):
    assert " ".join(chinese.spell(word).phones) == phones


@pytest.mark.parametrize(
    ("text", "pause"), [("停顿￥测试，好", "SP2"), ("停顿^测试，好", "SP3"), ("停￥顿^测试，好", "SP2")]
)
def test_a_sign_makes_every_comma_a_pause(chinese: Chinese, text: str, pause: str):
    phones = chinese.spell(text).phones
    assert phones.count(pause) == 2
    assert "," not in phones


def test_what_upstream_fails_on_gets_the_nearest_sound(chinese: Chinese):
    assert chinese.spell("覅吵").phones == ("f", "iao4", "ch", "ao3")
    assert chinese.spell("兙").phones == ()


@given(ANY_TEXT | st.text("0123456789.:-~/+×÷=%年月日号点℃度²个万元", max_size=30))
@settings(max_examples=300)
def test_any_text_is_spelled(chinese: Chinese, text: str):
    spelling = chinese.spell(text)
    assert len(spelling.word2ph) == len(spelling.normalized)
    assert sum(spelling.word2ph) == len(spelling.phones)
    assert set(spelling.phones) <= SYMBOL_IDS.keys()
    assert not any("A" <= letter <= "z" for letter in spelling.normalized)
