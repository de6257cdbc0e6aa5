"""The journal of a device that nobody looks at for months."""

import pytest

from clients.events import (
    Answered,
    Event,
    Heard,
    Hint,
    Ignored,
    Level,
    Piece,
    Playing,
    ServerState,
    StateChanged,
    Trouble,
)
from clients.pi.report import Report

STAGES = {
    "speech_ended": 0.0,
    "heard": 310.4,
    "first_token": 500.0,
    "first_audio": 702.0,
    "playing": 731.0,
    "done": 2100,
}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YINLIU_LANG", "en")
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)


def printed(*events: Event, token: str = "") -> list[str]:
    lines: list[str] = []
    report = Report(token, lines.append)
    for event in events:
        report.tell(event)
    return lines


def test_a_turn_is_one_line():
    assert printed(
        StateChanged("hearing"),
        Level(0.1),
        Heard("你好", {"heard": 310.4}),
        Piece(1, "Hello!"),
        Playing(1),
        Answered('"Hello!"', True, STAGES),
    ) == ['> 你好 | "Hello!" | heard 310 ms, first sound 702 ms, playing 731 ms, done 2100 ms']


def test_an_interrupted_answer_says_so():
    assert printed(Heard("hi"), Answered('"Hel"', False, {})) == ['> hi | "Hel" (interrupted)']
    assert printed(Heard("hi"), Answered("", False, {})) == ["> hi | (no answer)"]


def test_the_server_is_back_only_after_it_was_away():
    assert printed(ServerState({}), ServerState({})) == []
    assert printed(ServerState(None), ServerState(None), ServerState({}), ServerState({})) == ["The server is back."]


def test_what_is_ignored_is_not_printed():
    assert printed(Ignored("嗯", "backchannel"), Ignored("", "nothing")) == []


def test_the_same_hint_is_printed_once():
    assert printed(Hint("use quotes"), Answered("a", True), Hint("use quotes"), Hint("other")) == [
        "! use quotes",
        ">  | a",
        "! other",
    ]


def test_troubles_are_told_in_the_language_of_the_user(monkeypatch: pytest.MonkeyPatch):
    assert printed(Trouble("gone", "不见了")) == ["gone"]
    monkeypatch.setenv("YINLIU_LANG", "zh")
    assert printed(Trouble("gone", "不见了")) == ["不见了"]


def test_the_journal_knows_a_warning(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JOURNAL_STREAM", "8:1")
    assert printed(Trouble("gone", "不见了"), Answered("a", True)) == ["<4>gone", ">  | a"]


def test_the_token_is_never_printed():
    lines = printed(
        Trouble("http://x/?token=s3cret is away", ""), Heard("s3cret"), Answered("s3cret", True), token="s3cret"
    )
    assert lines == ["http://x/?token=*** is away", "> *** | ***"]


def test_what_a_model_writes_cannot_drive_the_terminal():
    assert printed(Heard("a"), Answered("one\ntwo\x1b[2Jthree\r\u202e", True)) == ["> a | one two [2Jthree  "]
