"""A player and a server that note on a tape what goes through them."""

from collections.abc import Callable
from typing import Any

from clients.gui.tape import Tape
from clients.play import Player
from clients.protocol import Server

BYTES_PER_SAMPLE = 2


def _nothing(*_: object) -> None:
    """Nobody listens yet."""


class TapedPlayer:
    """Plays through another player, which can be exchanged, and keeps on the tape what was heard of each piece."""

    def __init__(self, inner: Player, tape: Tape):
        self.on_started: Callable[[int], None] = _nothing
        self.on_ended: Callable[[int], None] = _nothing
        self.on_idle: Callable[[], None] = _nothing
        self._tape = tape
        self._sounds: dict[int, list[tuple[bytes, int]]] = {}
        self._inner = inner
        self.exchange(inner)

    def exchange(self, inner: Player) -> Player:
        """Play through this one from now on, and give back the former; what that has not played yet is lost."""
        former = self._inner
        if former is not inner:
            self.drop()
        self._inner = inner
        inner.on_started = lambda piece: self.on_started(piece)
        inner.on_ended = self._ended
        inner.on_idle = lambda: self.on_idle()
        return former

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None:
        self._sounds.setdefault(piece, []).append((pcm, rate_hz))
        self._inner.add(piece, pcm, rate_hz)

    def end(self, piece: int) -> None:
        self._inner.end(piece)

    def duck(self, is_ducked: bool) -> None:
        self._inner.duck(is_ducked)

    def pause(self) -> None:
        self._inner.pause()

    def resume(self) -> None:
        self._inner.resume()

    def drop(self) -> None:
        self._keep_heard()
        self._inner.drop()

    def played_s(self, piece: int) -> float:
        return self._inner.played_s(piece)

    @property
    def is_idle(self) -> bool:
        return self._inner.is_idle

    def close(self) -> None:
        close_player(self._inner)

    def _ended(self, piece: int) -> None:
        for pcm, rate_hz in self._sounds.pop(piece, []):
            self._tape.add(pcm, rate_hz)
        self.on_ended(piece)

    def _keep_heard(self) -> None:
        """Of the pieces that did not come to their end, as much as was played."""
        for piece, sounds in sorted(self._sounds.items()):
            played_s = self._inner.played_s(piece)
            for pcm, rate_hz in sounds:
                heard = pcm[: int(played_s * rate_hz) * BYTES_PER_SAMPLE]
                self._tape.add(heard, rate_hz)
                played_s = max(0.0, played_s - len(pcm) / BYTES_PER_SAMPLE / rate_hz)
        self._sounds.clear()


def close_player(player: Any) -> None:
    """Not every player holds something that must be closed."""
    close = getattr(player, "close", None)
    if close:
        close()


class TapedServer(Server):
    """Remembers the recording that it recognised last."""

    last_recording = b""

    def hear(self, recording: bytes, language: str | None = None) -> str | None:
        text = super().hear(recording, language)
        self.last_recording = recording
        return text
