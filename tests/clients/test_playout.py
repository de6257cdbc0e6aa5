"""The stream of samples that a loudspeaker takes: order, joins, volume, pausing."""

import itertools
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.play import SilentPlayer
from clients.playout import Playout
from clients.resampling import SoundStream, at_rate
from tests.support.waiting import until

RATE_HZ = 48_000


def tone(seconds: float, rate_hz: int = 24_000, pitch_hz: float = 200, level: float = 0.5) -> bytes:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return (level * 32767 * np.sin(2 * np.pi * pitch_hz * t)).astype("<i2").tobytes()


class Listener:
    """Takes sound in blocks of 10 ms and notes what it is told."""

    def __init__(self, player: Playout):
        self.player, self.told = player, []
        player.on_started = lambda number: self.told.append(("started", number))
        player.on_ended = lambda number: self.told.append(("ended", number))
        player.on_idle = lambda: self.told.append(("idle",))

    def listen(self, seconds: float, block: int = 480) -> np.ndarray:
        heard = np.zeros(round(seconds * self.player.rate_hz), np.float32)
        for start in range(0, len(heard), block):
            self.player.fill(heard[start : start + block])
        while not self.player._notes.empty():
            self.player.deliver(0)
        return heard


@pytest.fixture
def listener() -> Listener:
    return Listener(Playout(RATE_HZ))


def add(listener: Listener, piece: int, pcm: bytes, rate_hz: int = 24_000, parts: int = 1) -> None:
    size = -(-len(pcm) // parts // 2) * 2
    for start in range(0, len(pcm), size):
        listener.player.add(piece, pcm[start : start + size], rate_hz)
    listener.player.end(piece)


def steepest(heard: np.ndarray) -> float:
    return float(np.abs(np.diff(heard)).max())


STEP = 2 * np.pi * 200 / RATE_HZ * 0.5
"""The most that a tone of 200 Hz and half the volume changes between two samples."""


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 32_000, 48_000])
def test_the_borders_of_parts_are_not_heard(listener: Listener, rate_hz: int):
    add(listener, 1, tone(1, rate_hz), rate_hz, parts=37)
    heard = listener.listen(1.2)
    assert steepest(heard[480:47_520]) < 1.05 * STEP
    whole = at_rate(np.frombuffer(tone(1, rate_hz), "<i2").astype(np.float32) / 32768, rate_hz, RATE_HZ)
    assert heard[: len(whole)] == pytest.approx(whole, abs=1e-4)
    assert not heard[len(whole) :].any()


@pytest.mark.parametrize("block", [1, 7, 480, 4096])
def test_pieces_follow_each_other_without_a_gap(listener: Listener, block: int):
    add(listener, 1, tone(0.1, RATE_HZ), RATE_HZ)
    add(listener, 2, tone(0.1, RATE_HZ), RATE_HZ)
    heard = listener.listen(0.3, block)
    expected = np.frombuffer(tone(0.1, RATE_HZ) * 2, "<i2") / 32768
    assert heard[: len(expected)] == pytest.approx(expected, abs=1e-4)
    assert listener.told == [("started", 1), ("ended", 1), ("started", 2), ("ended", 2), ("idle",)]


def test_a_piece_without_sound_keeps_its_place(listener: Listener):
    add(listener, 1, tone(0.1))
    listener.player.end(2)
    add(listener, 3, tone(0.1))
    listener.listen(0.05)
    assert listener.told == [("started", 1)]
    listener.listen(0.3)
    numbers = [told[1] for told in listener.told if told[0] == "started"]
    assert numbers == [1, 2, 3]


def test_a_piece_that_is_still_arriving_is_waited_for(listener: Listener):
    listener.player.add(1, tone(0.1), 24_000)
    add(listener, 2, tone(0.1))
    listener.listen(0.3)
    assert listener.told == [("started", 1)]
    assert listener.player.played_s(1) == pytest.approx(0.1, abs=0.05), "a resampler keeps a little"
    add(listener, 1, tone(0.1))
    listener.listen(0.3)
    assert listener.told[-1] == ("idle",)
    assert listener.player.played_s(1) == pytest.approx(0.2, abs=0.01)


def test_ducking_is_soft_and_soon(listener: Listener):
    add(listener, 1, tone(2, pitch_hz=400))
    listener.listen(0.1)
    listener.player.duck(True)
    heard = listener.listen(0.1)
    assert steepest(heard) < 2.5 * STEP
    assert np.abs(heard[960:]).max() == pytest.approx(0.1, abs=0.01)
    listener.player.duck(False)
    assert np.abs(listener.listen(0.1)[960:]).max() == pytest.approx(0.5, abs=0.01)


def test_pausing_is_soft_and_silent_after_10_ms_and_repeats_the_last_word(listener: Listener):
    add(listener, 1, tone(2))
    listener.listen(1)
    listener.player.pause()
    heard = listener.listen(0.1)
    assert steepest(heard) < 1.5 * STEP
    assert not heard[480:].any()
    assert listener.player.played_s(1) == pytest.approx(1.01, abs=0.001)
    listener.player.resume()
    rest = np.abs(listener.listen(3))
    assert np.flatnonzero(rest > 0.01)[-1] / RATE_HZ == pytest.approx(1.19, abs=0.01)
    assert listener.told == [("started", 1), ("ended", 1), ("idle",)]
    assert listener.player.played_s(1) == pytest.approx(2, abs=0.01), "nothing counts twice"


def test_a_pause_before_anything_is_played_holds_it_back(listener: Listener):
    listener.player.pause()
    add(listener, 1, tone(0.5))
    assert not listener.listen(1).any()
    assert listener.told == []
    listener.player.resume()
    assert listener.listen(1).any()


def test_what_is_dropped_fades_and_is_forgotten(listener: Listener):
    add(listener, 1, tone(2))
    add(listener, 2, tone(2))
    listener.listen(0.5)
    listener.player.pause()
    listener.player.resume()
    listener.player.duck(True)
    listener.player.drop()
    heard = listener.listen(0.2)
    assert steepest(heard) < 1.5 * STEP
    assert not heard[480:].any()
    assert listener.player.is_idle
    assert listener.player.played_s(1) == 0
    add(listener, 3, tone(0.5))
    assert np.abs(listener.listen(0.5)).max() == pytest.approx(0.5, abs=0.01), "no longer ducked"
    assert listener.told[:2] == [("started", 1), ("started", 3)]


def test_a_device_of_another_rate_goes_on_where_the_first_was(listener: Listener):
    add(listener, 1, tone(1))
    listener.player.add(2, tone(0.5), 24_000)
    listener.listen(0.4)
    listener.player.change_rate(44_100)
    add(listener, 2, tone(0.5))
    heard = listener.listen(3)
    assert np.flatnonzero(np.abs(heard) > 0.01)[-1] / 44_100 == pytest.approx(1.6, abs=0.02)
    assert listener.told == [("started", 1), ("ended", 1), ("started", 2), ("ended", 2), ("idle",)]
    assert listener.player.played_s(1) == pytest.approx(1, abs=0.01)


ACTIONS = st.sampled_from(
    ["add", "end", "next", "pause", "resume", "duck", "unduck", "drop", "listen", "listen", "rate"]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(ACTIONS, max_size=40))
def test_whatever_happens_pieces_start_and_end_in_order_and_nothing_clicks(actions: list[str]):
    listener, number = Listener(Playout(RATE_HZ)), 1
    player = listener.player
    for action in actions:
        if action == "add":
            player.add(number, tone(0.05, pitch_hz=40), 24_000)
        elif action == "end":
            player.end(number)
            number += 1
        elif action == "next":
            number += 1
        elif action == "drop":
            player.drop()
            number += 1
        elif action in ("duck", "unduck"):
            player.duck(action == "duck")
        elif action == "rate":
            player.change_rate(44_100 if player.rate_hz == RATE_HZ else RATE_HZ)
        elif action == "listen":
            assert np.abs(listener.listen(0.03)).max() < 1
        else:
            getattr(player, action)()
    started = [told[1] for told in listener.told if told[0] == "started"]
    ended = [told[1] for told in listener.told if told[0] == "ended"]
    assert started == sorted(set(started))
    assert ended == sorted(set(ended))
    assert set(ended) <= set(started)


def test_sound_may_be_added_while_it_is_played():
    listener = Listener(Playout(RATE_HZ))
    adding = threading.Thread(target=lambda: add(listener, 1, tone(2), parts=200))
    adding.start()
    heard = np.concatenate([listener.listen(0.1) for _ in range(30)])
    adding.join()
    heard = np.concatenate([heard, listener.listen(2.5)])
    assert np.count_nonzero(np.abs(heard) > 1e-4) / RATE_HZ == pytest.approx(2, abs=0.1)


def test_the_rate_may_change_while_sound_is_added():
    listener = Listener(Playout(RATE_HZ))
    adding = threading.Thread(target=lambda: add(listener, 1, tone(2), parts=400))
    adding.start()
    rates = itertools.cycle([44_100, RATE_HZ])
    while adding.is_alive():
        listener.player.change_rate(next(rates))
    adding.join()
    listener.listen(4)
    assert listener.told == [("started", 1), ("ended", 1), ("idle",)]
    assert listener.player.played_s(1) == pytest.approx(2, rel=0.1)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=30), st.sampled_from([8000, 22_050, 44_100, 48_000]))
@settings(deadline=None)
def test_resampled_in_parts_is_resampled_whole(sizes: list[int], rate_hz: int):
    sound = np.random.default_rng(0).normal(0, 0.1, sum(sizes)).astype(np.float32)
    stream, made, start = SoundStream(rate_hz, 16_000), [], 0
    for size in sizes:
        made.append(stream.feed(sound[start : start + size]))
        start += size
    joined = np.concatenate([*made, stream.finish()])
    assert joined == pytest.approx(at_rate(sound, rate_hz, 16_000), abs=1e-5)


def test_a_silent_player_takes_its_time():
    player, told = SilentPlayer(), []
    player.on_started = lambda number: told.append(("started", number))
    player.on_ended = lambda number: told.append(("ended", number))
    player.add(1, tone(0.2), 24_000)
    player.end(1)
    until(lambda: ("ended", 1) in told, "the piece ends")
    assert told == [("started", 1), ("ended", 1)]
    assert player.is_idle
    player.close()
