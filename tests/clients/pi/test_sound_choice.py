"""Devices by number, by name, and by the names that only the sound server knows."""

import os

import pytest

from clients.pi.sound_choice import choose_device, device_lines, is_echo_cancelled, pactl
from clients.sound_devices import Device
from launch.words import Refusal

CARD = Device(0, "USB PnP Sound Device: Audio (hw:1,0)", 1, 0, 44_100, False, False)
SPEAKER = Device(1, "bcm2835 Headphones: - (hw:0,0)", 0, 8, 48_000, False, False)
PULSE = Device(5, "pulse", 32, 32, 44_100, False, False)
DEFAULT = Device(6, "default", 32, 32, 44_100, True, True)
ALL = [CARD, SPEAKER, PULSE, DEFAULT]


@pytest.fixture(autouse=True)
def no_choice_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("PULSE_SOURCE", "PULSE_SINK"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)


def server(*arguments: str) -> str:
    return {
        ("list", "short", "sources"): "51\techo-cancel-source\tPipeWire\tfloat32le\n52\tmic\tPipeWire\ts16le",
        ("list", "short", "sinks"): "60\techo-cancel-sink\tPipeWire\tfloat32le",
        ("get-default-source",): "alsa_input.usb",
    }[arguments]


def nothing(*_: str) -> str:
    return ""


@pytest.mark.parametrize(
    ("wanted", "is_input", "chosen"),
    [("", True, None), ("0", True, 0), ("usb pnp", True, "usb pnp"), ("headphones", False, "headphones")],
)
def test_a_device_by_number_or_name(wanted: str, is_input: bool, chosen: object):
    assert choose_device(wanted, ALL, is_input, nothing) == chosen


@pytest.mark.parametrize(
    ("wanted", "is_input"), [("1", True), ("0", False), ("headphones", True), ("9", True), ("nonsense", False)]
)
def test_what_is_not_there_or_cannot_do_it_is_refused_with_what_is(wanted: str, is_input: bool):
    with pytest.raises(Refusal, match="pulse"):
        choose_device(wanted, ALL, is_input, server)


def test_a_source_of_the_sound_server_is_chosen_through_it():
    chosen = choose_device("echo-cancel-source", ALL, True, server)
    assert chosen == "pulse"
    assert os.environ["PULSE_SOURCE"] == "echo-cancel-source"
    assert "PULSE_SINK" not in os.environ
    assert is_echo_cancelled(chosen, ALL, server)


def test_without_the_device_behind_which_the_sound_server_is_its_package_is_named():
    with pytest.raises(Refusal, match="libasound2-plugins"):
        choose_device("echo-cancel-source", [CARD, DEFAULT], True, server)
    assert "PULSE_SOURCE" not in os.environ


@pytest.mark.parametrize(
    ("name", "is_cancelled"),
    [
        ("Echo-Cancel Source", True),
        ("echo_cancelled.mic", True),
        ("ReSpeaker AEC 4 Mic", True),
        ("mic_aec", True),
        ("USB PnP", False),
        ("aecho", False),
    ],
)
def test_the_name_tells_whether_echo_is_cancelled(name: str, is_cancelled: bool):
    assert is_echo_cancelled(name, ALL, nothing) == is_cancelled


def test_behind_the_default_device_the_default_source_counts():
    assert not is_echo_cancelled(None, ALL, server)
    assert is_echo_cancelled(None, ALL, lambda *_: "echo-cancel-source")
    assert not is_echo_cancelled(0, ALL, lambda *_: "echo-cancel-source")


def test_no_sound_server_says_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert pactl("get-default-source") == ""


def test_every_device_has_a_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("YINLIU_LANG", "en")
    lines = device_lines([*ALL, Device(7, "dead", 0, 0, 0, False, False)])
    assert lines[0] == "  0  USB PnP Sound Device: Audio (hw:1,0)  microphone, 44100 Hz"
    assert lines[3].endswith("both, 44100 Hz (default)")
    assert len(lines) == 4
