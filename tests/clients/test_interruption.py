"""When speech beside the assistant's is an interruption."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.interruption import is_backchannel, is_echo, judge, usual_system, word_lists
from clients.text_words import continues_word, words_of
from tests.support.client_cases import client_cases


@client_cases("interruption")
def test_shared_cases(case):
    verdict = judge(case["speech_s"], case["is_over"], case["text"], case["speaking"], case["has_recogniser"])
    assert verdict == case["want"]


@given(st.floats(0, 30), st.booleans(), st.text(max_size=30), st.text(max_size=60))
def test_known_text_that_is_over_is_always_decided(speech_s: float, is_over: bool, text: str, speaking: str):
    verdict = judge(speech_s, is_over, text, speaking)
    assert verdict in ("wait", "ignore", "stop")
    assert not (is_over and verdict == "wait")


@given(st.text(min_size=1, max_size=60), st.data())
def test_every_part_of_what_is_spoken_is_an_echo(speaking: str, data):
    words = words_of(speaking)
    start = data.draw(st.integers(0, len(words)))
    part = " ".join(words[start : data.draw(st.integers(start, len(words)))])
    assert is_echo(part, speaking) == bool(words_of(part))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("……！？", []),
        ("你好，World!", ["你", "好", "world"]),
        ("用Python3写", ["用", "python3", "写"]),
        ("I don’t know", ["i", "don't", "know"]),
        ("'quoted'", ["quoted"]),
        ("こんにちは", list("こんにちは")),
        ("안녕하세요 여러분", ["안녕하세요", "여러분"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
        ("mm-hmm", ["mm", "hmm"]),
        ("snake_case", ["snake", "case"]),
        ("Ünïcode straße", ["ünïcode", "straße"]),
    ],
)
def test_words(text: str, words: list[str]):
    assert words_of(text) == words


@pytest.mark.parametrize(("text", "at", "is_inside"), [("hello", 2, True), ("hello", 5, False), ("a b", 1, False)])
def test_cuts(text: str, at: int, is_inside: bool):
    assert continues_word(text, at) is is_inside


def test_the_lists_hold_words_only():
    lists = word_lists()
    assert set(lists) == {"backchannels", "stop_words", "system"}
    for name in ("backchannels", "stop_words"):
        assert len(set(lists[name])) == len(lists[name])
        assert all(words_of(phrase) for phrase in lists[name])
    assert not {phrase for phrase in lists["stop_words"] if is_backchannel(phrase)}


def test_the_system_prompt_asks_for_quotes_in_both_languages():
    assert '"double quotes"' in usual_system()
    assert "双引号" in usual_system()


def test_the_word_lists_are_plain_json():
    path = Path(__file__).parents[2] / "clients" / "words.json"
    assert json.loads(path.read_bytes()) == word_lists()
