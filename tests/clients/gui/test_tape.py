"""What can be saved as sound: what was heard, of both."""

import io
import wave

import numpy as np

from clients.gui.tape import PAUSE_S, RATE_HZ, Tape
from clients.gui.taped import TapedPlayer


class ScriptedPlayer:
    """Says how much was played; the test ends pieces by hand."""

    def __init__(self) -> None:
        self.played: dict[int, float] = {}
        self.on_started = self.on_ended = lambda _: None
        self.on_idle = lambda: None
        self.dropped = 0

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None: ...
    def end(self, piece: int) -> None: ...
    def duck(self, is_ducked: bool) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...

    def drop(self) -> None:
        self.dropped += 1
        self.played.clear()

    def played_s(self, piece: int) -> float:
        return self.played.get(piece, 0.0)

    @property
    def is_idle(self) -> bool:
        return True


def tone(seconds: float, value: int, rate_hz: int = RATE_HZ) -> bytes:
    return np.full(int(seconds * rate_hz), value, "<i2").tobytes()


def sound(tape: Tape) -> np.ndarray:
    with wave.open(io.BytesIO(tape.wav())) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_sound_of_any_rate_comes_out_at_one() -> None:
    tape = Tape()
    tape.add(tone(1, 100), RATE_HZ)
    tape.add(tone(0.5, 200, 32_000), 32_000)
    tape.add_pause()
    assert abs(len(sound(tape)) - (1.5 + PAUSE_S) * RATE_HZ) < 20
    assert set(sound(tape)[:RATE_HZ]) == {100}
    assert abs(int(np.median(sound(tape)[RATE_HZ : int(1.5 * RATE_HZ)])) - 200) <= 2


def test_a_recording_joins_as_it_is() -> None:
    tape, copy = Tape(), Tape()
    tape.add(tone(0.2, 7), RATE_HZ)
    copy.add_wav(tape.wav())
    assert copy.wav() == tape.wav()


def test_the_oldest_sound_goes_first() -> None:
    tape = Tape(kept_s=2)
    for value in (1, 2, 3):
        tape.add(tone(1, value), RATE_HZ)
    assert set(sound(tape)) == {2, 3}


def test_an_empty_tape_says_so_and_clearing_empties_it() -> None:
    tape = Tape()
    assert tape.is_empty
    tape.add(tone(0.1, 1), RATE_HZ)
    assert not tape.is_empty
    tape.clear()
    assert tape.is_empty
    assert len(sound(tape)) == 0


def test_a_piece_that_ended_is_kept_whole_and_a_cut_one_as_far_as_it_was_heard() -> None:
    tape, inner = Tape(), ScriptedPlayer()
    player = TapedPlayer(inner, tape)
    player.add(1, tone(0.5, 11), RATE_HZ)
    player.add(1, tone(0.5, 12), RATE_HZ)
    inner.on_ended(1)
    player.add(2, tone(0.5, 21), RATE_HZ)
    player.add(2, tone(0.5, 22), RATE_HZ)
    player.add(3, tone(1, 31), RATE_HZ)
    inner.played[2] = 0.75
    player.drop()
    values, counts = np.unique(sound(tape), return_counts=True)
    assert dict(zip(values.tolist(), (counts / RATE_HZ).round(2).tolist(), strict=True)) == {
        11: 0.5,
        12: 0.5,
        21: 0.5,
        22: 0.25,
    }
    assert inner.dropped == 1


def test_callbacks_pass_through_and_follow_when_the_player_is_exchanged() -> None:
    first, second, heard = ScriptedPlayer(), ScriptedPlayer(), []
    player = TapedPlayer(first, Tape())
    player.on_started = heard.append
    player.on_ended = lambda piece: heard.append(-piece)
    player.on_idle = lambda: heard.append(0)
    assert player.exchange(second) is first
    assert first.dropped == 1
    second.on_started(5)
    second.on_ended(5)
    second.on_idle()
    assert heard == [5, -5, 0]
