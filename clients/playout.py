"""The pieces of an answer as one stream of samples: order, gaps, volume, pausing. Knows no device."""

import queue
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from clients.piece_sound import PieceSound
from clients.resampling import SoundStream

RAMP_S = 0.01
"""Every change of volume takes so long, so that nothing clicks."""
DUCKED = 0.2
REPEATED_S = 0.2
"""Of what was played before a pause, so that a word cut in two is heard whole."""


class Playout:
    """A Player whose sound is taken with fill(). What happens is delivered by the thread that calls deliver()."""

    def __init__(self, rate_hz: int = 48_000):
        self.rate_hz = rate_hz
        self.on_started: Callable[[int], None] = _nothing
        self.on_ended: Callable[[int], None] = _nothing
        self.on_idle: Callable[[], None] = lambda: None
        # Resampling may take a while; the device, which takes sound under the other lock, must not wait for it.
        self._feeding = threading.Lock()
        self._lock = threading.Lock()
        self._notes: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._pieces: deque[PieceSound] = deque()
        self._played_s: dict[int, float] = {}
        self._is_ducked = self._is_paused = False
        self._gain = 1.0
        self._tail = np.zeros(0, np.float32)

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None:
        """More sound of a piece: signed 16-bit little-endian mono."""
        samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
        with self._feeding:
            with self._lock:
                found = self._find(piece)
            if found.source is None or found.source.from_hz != rate_hz:
                found.source = SoundStream(rate_hz, self.rate_hz)
            block = found.source.feed(samples)
            with self._lock:
                found.append(block)

    def end(self, piece: int) -> None:
        """Nothing more of this piece comes; a piece that was only ended keeps its place and is silent."""
        with self._feeding, self._lock:
            found = self._find(piece)
            if found.source:
                found.append(found.source.finish())
                found.source = None
            found.is_ended = True

    def duck(self, is_ducked: bool) -> None:
        with self._lock:
            self._is_ducked = is_ducked

    def pause(self) -> None:
        with self._lock:
            self._is_paused = True
            if not self._pieces or not self._pieces[0].position:
                self._gain = 0.0  # nothing sounds that could fade

    def resume(self) -> None:
        """Go on where it paused, with the last 0.2 s again."""
        with self._lock:
            if self._is_paused and self._pieces:
                first = self._pieces[0]
                first.seek(first.position - int(REPEATED_S * self.rate_hz))
            self._is_paused = False

    def drop(self) -> None:
        """Forget everything, and neither ducked nor paused any more."""
        with self._lock:
            if self._pieces:  # what fades already goes on fading
                self._tail = self._fading()
            self._pieces.clear()
            self._played_s.clear()
            self._is_ducked = self._is_paused = False
            self._gain = 1.0

    def played_s(self, piece: int) -> float:
        """Seconds of a piece that were played; remembered until the next drop()."""
        with self._lock:
            for waiting in self._pieces:
                if waiting.number == piece:
                    return waiting.furthest / self.rate_hz
            return self._played_s.get(piece, 0.0)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be played."""
        return not self._pieces

    @property
    def is_waiting(self) -> bool:
        """Whether nothing could be played now, however long one listened."""
        with self._lock:
            return self._is_paused or not self._pieces or (self._pieces[0].is_dry and not self._pieces[0].is_ended)

    def fill(self, out: np.ndarray) -> None:
        """The next samples, mono float32."""
        with self._lock:
            target = 0.0 if self._is_paused else DUCKED if self._is_ducked else 1.0
            ramp = min(len(out), round(abs(target - self._gain) * RAMP_S * self.rate_hz))
            wanted = ramp if target == 0 else len(out)
            self._read(out[:wanted])
            out[wanted:] = 0
            self._shape(out, ramp, target)
            if len(self._tail):
                taken = min(len(out), len(self._tail))
                out[:taken] += self._tail[:taken]
                self._tail = self._tail[taken:]

    def deliver(self, timeout_s: float) -> None:
        """Tell what has happened; wait so long for something to happen."""
        try:
            self._notes.get(timeout=timeout_s)()
        except queue.Empty:
            pass

    def change_rate(self, rate_hz: int) -> None:
        """For a device that has another rate than the one before."""
        with self._feeding, self._lock:
            for piece in self._pieces if rate_hz != self.rate_hz else ():
                if piece.source:
                    piece.append(piece.source.finish())
                piece.change_rate(self.rate_hz, rate_hz)
            self.rate_hz = rate_hz

    def _find(self, number: int) -> PieceSound:
        for piece in self._pieces:
            if piece.number == number:
                return piece
        self._pieces.append(PieceSound(number))
        return self._pieces[-1]

    def _read(self, out: np.ndarray) -> None:
        count = 0
        while self._pieces and count < len(out):
            piece = self._pieces[0]
            if piece.is_dry and not piece.is_ended:
                break
            if not piece.has_started:
                piece.has_started = True
                self._note(lambda number=piece.number: self.on_started(number))
            count += piece.read_into(out[count:])
            if piece.is_dry and piece.is_ended:
                self._finish(piece)
        out[count:] = 0

    def _finish(self, piece: PieceSound) -> None:
        self._pieces.popleft()
        self._played_s[piece.number] = piece.furthest / self.rate_hz
        self._note(lambda: self.on_ended(piece.number))
        if not self._pieces:
            self._note(lambda: self.on_idle())

    def _shape(self, out: np.ndarray, ramp: int, target: float) -> None:
        """Bring the volume to `target` within the first `ramp` samples, as far as they reach."""
        slope = np.sign(target - self._gain) / (RAMP_S * self.rate_hz)
        end = target if ramp < len(out) else float(self._gain + slope * ramp)
        if ramp:
            out[:ramp] *= np.linspace(self._gain, end, ramp, dtype=np.float32)
        if end != 1:
            out[ramp:] *= end
        self._gain = end

    def _fading(self) -> np.ndarray:
        """What is heard of the sound that is dropped."""
        tail = np.zeros(int(RAMP_S * self.rate_hz), np.float32)
        if self._pieces and self._gain:
            self._pieces[0].read_into(tail)
        return tail * np.linspace(self._gain, 0, len(tail), dtype=np.float32)

    def _note(self, told: Callable[[], None]) -> None:
        self._notes.put(told)


def _nothing(_: int) -> None:
    pass
