"""A machine without a loudspeaker or a microphone: it is told, and what can go on goes on."""

import io
import sys
import threading
from typing import Any

import pytest

from clients import sound_devices
from clients.pi import assistant, report, typed
from clients.pi.options import parse
from clients.pi.report import Report
from clients.sound_devices import Device, absent, opened
from clients.troubles import ClientTrouble
from tests.support.fakes import FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server

BOTH = Device(0, "card", 1, 2, 48_000, True, True)
SPEAKER = Device(0, "card", 0, 2, 48_000, False, True)
BUSY = ClientTrouble("No loudspeaker can be opened: busy", "无法打开扬声器：busy")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("YINLIU_LANG", "en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)


class Library:
    """PortAudio where opening always fails."""

    OutputStream = None

    class PortAudioError(Exception):
        pass

    def __init__(self, *devices: tuple[int, int]):
        self._devices = [{"max_input_channels": inputs, "max_output_channels": outputs} for inputs, outputs in devices]

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        if kind is None:
            return self._devices
        raise self.PortAudioError("Error querying device -1")


@pytest.mark.parametrize(
    ("there", "is_input", "sentence"),
    [
        ([], True, "This machine has no microphone; plug one in."),
        ([(0, 2)], True, "This machine has no microphone; plug one in."),
        ([(1, 0)], False, "This machine has no loudspeaker; plug one in."),
        ([(1, 0)], True, "No microphone can be opened: Error querying device -1"),
        ([(0, 2)], False, "No loudspeaker can be opened: Error querying device -1"),
    ],
)
def test_no_device_at_all_is_told_as_such(monkeypatch, there, is_input: bool, sentence: str):
    monkeypatch.setattr(sound_devices, "portaudio", lambda: Library(*there))
    with pytest.raises(ClientTrouble) as caught:
        opened(None, None, is_input=is_input)
    assert caught.value.english == sentence


def test_it_is_told_in_chinese_as_well():
    assert absent(is_input=True).chinese == "没有找到麦克风，请接上一个。"
    assert absent(is_input=False).chinese == "没有找到扬声器，请接上一个。"


@pytest.mark.parametrize(
    ("there", "told"), [([], "This machine has no loudspeaker; plug one in."), ([BOTH], BUSY.english)]
)
def test_typed_questions_are_answered_in_writing(monkeypatch, there: list[Device], told: str):
    def refuse(*_: Any, **__: Any) -> Any:
        raise BUSY

    monkeypatch.setattr(typed, "devices", lambda: there)
    monkeypatch.setattr(typed, "portaudio", Library)
    monkeypatch.setattr(typed, "opened", refuse)
    monkeypatch.setattr(sys, "stdin", io.StringIO("hi\nand again\n"))
    lines: list[str] = []
    app = app_with(replier=FakeReplier(['"Hello there. ', 'Good bye."']), synthesizer=FakeSynthesizer())
    with live_server(app) as url:
        options, _ = parse(["--text", "--server", url])
        assert typed.converse(options, Report("", lines.append)) == 0
    assert lines.count(told) == 1
    assert [line.split(" | ")[:2] for line in lines if line.startswith(">")] == [
        ["> hi", '"Hello there. Good bye."'],
        ["> and again", '"Hello there. Good bye."'],
    ]


class FakeMicrophone:
    def __init__(self, is_open: bool):
        self.is_open = is_open


@pytest.mark.parametrize(
    ("there", "is_open", "says_speak"), [([BOTH], True, True), ([BOTH], False, False), ([SPEAKER], False, False)]
)
def test_nobody_is_asked_to_speak_where_nothing_is_heard(monkeypatch, there, is_open: bool, says_speak: bool):
    monkeypatch.setattr(assistant, "devices", lambda: there)
    monkeypatch.setattr(assistant, "OPEN_LIMIT_S", 0.1)
    microphone: Any = FakeMicrophone(is_open)
    is_heard = assistant._opens(microphone, threading.Event())
    options, _ = parse(["--server", "http://a"])
    greeting = assistant._greeting(options, assistant.Sound(None, None, False), is_heard)
    assert ("speak" in greeting) == says_speak
    assert greeting.startswith("http://a, half duplex")


def test_a_line_and_its_end_are_written_in_one_piece(monkeypatch):
    written: list[str] = []

    class Out(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    monkeypatch.setattr(sys, "stdout", Out())
    report.Report("").say("one\ntwo")
    assert written == ["one two\n"]
