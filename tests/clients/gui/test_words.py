"""The window's texts in two languages."""

import re
from pathlib import Path

import pytest

from clients.gui.latency import STAGES
from clients.gui.words import TEXTS, Words

HANZI = re.compile("[\u4e00-\u9fff]")
SOURCES = Path(__file__).resolve().parents[3] / "clients" / "gui"
OTHERWISE = {"language", "switch_language", "no_hanzi"}
"""Written in the other language on purpose; without a font for hanzi they could not be read."""
BY_NAME = {*STAGES, "ready", "loading", "absent", "failed", "engine_asr", "engine_llm", "engine_tts"}
BY_NAME |= {"off", "listening", "hearing", "recognising", "thinking", "speaking"}
BY_NAME |= {"echo", "backchannel", "nothing", "rejected", "system", "light", "dark", "connected_old"}


@pytest.mark.parametrize("key", sorted(set(TEXTS) - OTHERWISE))
def test_each_text_is_english_and_chinese_with_the_same_places(key: str) -> None:
    english, chinese = TEXTS[key]
    assert not HANZI.search(english)
    assert HANZI.search(chinese)
    assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", chinese))


def test_each_text_is_used_and_each_used_text_exists() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py") if path.name != "words.py"]
    named = set(re.findall(r'"([a-z_]+)"', "\n".join(sources)))
    asked = set(re.findall(r'words\("([a-z_]+)"|say\("([a-z_]+)"', "\n".join(sources)))
    assert set(TEXTS) - named - BY_NAME == set()
    assert {key for pair in asked for key in pair if key} - set(TEXTS) == set()
    assert set(TEXTS) >= BY_NAME


def test_a_sentence_that_exists_in_one_language_only_is_still_said() -> None:
    assert Words("zh").pick("only English", "") == "only English"
    assert Words("en").pick("", "只有中文") == "只有中文"
    assert Words("zh").pick("both", "都有") == "都有"


def test_values_take_their_places() -> None:
    assert Words("zh")("connected", version="1.2") == "已连接，版本 1.2。"
    assert "1.2" in Words("en")("connected", version="1.2")
