"""Microphone and loudspeaker on scripted devices: what is opened, what is lost, and what is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from clients import kept_stream, listen, play, sound_devices
from clients.bounds import FRAME
from clients.events import Event, Hint, Trouble
from clients.kept_stream import KeptStream
from clients.listen import Microphone
from clients.play import Speaker
from clients.troubles import ClientTrouble
from tests.support.waiting import until


class FakeStream:
    def __init__(self, samplerate: int = 48_000, callback: Callable[..., None] = lambda *_: None):
        self.samplerate, self.callback = samplerate, callback
        self.active, self.is_closed, self.latency = True, False, 0.01

    def abort(self) -> None:
        self.active = False

    def close(self) -> None:
        self.is_closed = True


class Devices:
    """Gives what is scripted, one thing for each attempt; the last one again and again."""

    def __init__(self, *things: Any):
        self.things = list(things)
        self.opened: list[FakeStream] = []
        self.told: list[Event] = []
        self.looks = 0

    def open(self, *_: Any, **settings: Any) -> FakeStream:
        thing = self.things.pop(0) if len(self.things) > 1 else self.things[0]
        if isinstance(thing, Exception):
            raise thing
        self.opened.append(FakeStream(thing, settings.get("callback", lambda *_: None)))
        return self.opened[-1]

    def look_again(self) -> None:
        self.looks += 1


GONE = ClientTrouble("No microphone can be opened: gone", "无法打开麦克风")


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(kept_stream, "delays_s", lambda: iter([0.01] * 1000))
    monkeypatch.setattr(kept_stream, "LOOK_S", 0.01)


@contextmanager
def kept(devices: Devices, monkeypatch) -> Iterator[KeptStream]:
    monkeypatch.setattr(kept_stream, "look_again", devices.look_again)
    stream = KeptStream(devices.open, ("microphone", "麦克风"), devices.told.append)
    try:
        yield stream
    finally:
        stream.close()


def test_a_device_that_is_missing_is_told_once_and_found_later(monkeypatch):
    devices = Devices(GONE, GONE, GONE, 48_000)
    with kept(devices, monkeypatch) as stream:
        stream.want()
        until(lambda: stream.is_open, "it opens")
        assert devices.told[0] == Trouble("No microphone can be opened: gone", "无法打开麦克风")
        until(lambda: len(devices.told) == 2, "it is told")
        assert isinstance(devices.told[1], Hint)
        assert devices.looks == 3, "PortAudio looks around before each new attempt"


@pytest.mark.parametrize("loss", ["inactive", "stalled"])
def test_a_device_that_vanishes_is_opened_again(monkeypatch, loss: str):
    devices = Devices(48_000)
    with kept(devices, monkeypatch) as stream:
        stream.want()
        until(lambda: stream.is_open, "it opens")
        if loss == "inactive":
            devices.opened[0].active = False
        else:
            monkeypatch.setattr(kept_stream, "STALLED_S", 0.0)
        until(lambda: len(devices.opened) > 1, "it opens again")
        monkeypatch.undo()
        assert devices.opened[0].is_closed
        assert devices.told[0].english == "The microphone is gone; looking for it."  # type: ignore[union-attr]


def test_a_device_that_is_not_wanted_is_given_back(monkeypatch):
    devices = Devices(48_000)
    with kept(devices, monkeypatch) as stream:
        assert not devices.opened
        stream.want()
        until(lambda: stream.is_open, "it opens")
        stream.want(False)
        until(lambda: not stream.is_open, "it closes")
        assert devices.opened[0].is_closed
        assert not devices.told
    assert len(devices.opened) == 1


def test_nobody_s_sound_is_cut_by_looking_for_devices(monkeypatch):
    ended: list[str] = []

    class Library:
        def _terminate(self) -> None:
            ended.append("terminated")

        def _initialize(self) -> None:
            ended.append("initialized")

    class User:
        can_pause = False

        def release(self) -> None:
            ended.append("released")

    monkeypatch.setattr(sound_devices, "portaudio", Library)
    monkeypatch.setattr(sound_devices, "_library", sound_devices._Library())
    user = User()
    sound_devices.use(user)
    sound_devices.look_again()
    assert ended == []
    user.can_pause = True
    sound_devices.look_again()
    assert ended == ["released", "terminated", "initialized"]


class Library:
    InputStream = OutputStream = None


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_microphone_of_any_rate_gives_frames_at_16_khz(monkeypatch, rate_hz: int, channels: int):
    devices, frames = Devices(rate_hz), []
    monkeypatch.setattr(listen, "opened", devices.open)
    monkeypatch.setattr(listen, "portaudio", Library)
    with Microphone(None, frames.append, devices.told.append) as microphone:
        until(lambda: microphone.is_open, "it opens")
        tone = np.sin(2 * np.pi * 1000 * np.arange(rate_hz) / rate_hz).astype(np.float32)
        for block in np.array_split(tone, 31):
            devices.opened[0].callback(np.repeat(block[:, None], channels, axis=1), len(block), None, None)
        until(lambda: len(frames) >= 28, "frames come")
    assert {frame.shape for frame in frames} == {(FRAME,)}
    heard = np.concatenate(frames)[1000:]
    assert np.abs(np.fft.rfft(heard)).argmax() * 16_000 / len(heard) == pytest.approx(1000, abs=3)
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.707, abs=0.02)


def test_a_speaker_plays_on_both_channels_and_closes_when_it_is_idle(monkeypatch):
    devices, told = Devices(44_100), []
    monkeypatch.setattr(play, "opened", devices.open)
    monkeypatch.setattr(play, "portaudio", Library)
    speaker = Speaker(None, devices.told.append)
    speaker.on_ended = told.append
    speaker.add(1, (np.ones(1600) * 10_000).astype("<i2").tobytes(), 16_000)
    speaker.end(1)
    until(lambda: speaker.is_open, "it opens")
    out = np.zeros((8820, 2), np.float32)
    devices.opened[0].callback(out, len(out), None, None)
    assert speaker.rate_hz == 44_100
    assert out[2000] == pytest.approx([0.305, 0.305], abs=0.01)
    assert (out[:, 0] == out[:, 1]).all()
    until(lambda: told == [1], "its end is told")
    monkeypatch.setattr(play, "IDLE_S", 0.0)
    until(lambda: not speaker.is_open, "it closes")
    speaker.close()


def test_without_portaudio_it_says_what_to_install(monkeypatch):
    import builtins

    real = builtins.__import__

    def fake(name: str, *rest: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", fake)
    with pytest.raises(ClientTrouble, match="sudo apt install libportaudio2"):
        sound_devices.devices()
    devices = Devices(48_000)
    speaker = Speaker(None, devices.told.append)
    speaker.drop()
    until(lambda: devices.told, "it is told")
    assert "libportaudio2" in devices.told[0].english  # type: ignore[union-attr]
    speaker.close()
