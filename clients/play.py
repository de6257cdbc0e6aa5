"""The loudspeaker: pieces of an answer in order without gaps, ducked, paused and dropped within 50 ms."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from clients.events import Event
from clients.kept_stream import KeptStream
from clients.playout import Playout
from clients.sound_devices import opened, portaudio
from clients.steadiness import Steadiness

log = logging.getLogger("yinliu.client")

IDLE_S = 20
"""A device that plays silence costs power; it is opened again while the server thinks."""
STEP_S = 0.02
LATENCY_S = 0.02
"""Through PulseAudio silence is heard 40 ms after it is asked for; half as much ran dry now and then, twice is felt."""
LONGEST_LATENCY_S = 0.16
"""Where the device keeps running dry it is opened again with twice as much, up to this."""
SURE_S = 0.7
"""A device that is about to vanish runs dry, too; to open it again at that moment may take for ever."""
IDLE_STEP_S = 0.1


class Player(Protocol):
    """Plays pieces in the order of their first mention; callbacks come from a thread of its own and return soon."""

    on_started: Callable[[int], None]
    on_ended: Callable[[int], None]
    on_idle: Callable[[], None]

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None:
        """More sound of a piece: signed 16-bit little-endian mono."""
        ...

    def end(self, piece: int) -> None:
        """Nothing more of this piece comes; a piece that was only ended keeps its place and is silent."""
        ...

    def duck(self, is_ducked: bool) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None:
        """Go on where it paused, with the last 0.2 s again."""
        ...

    def drop(self) -> None:
        """Forget everything, and neither ducked nor paused any more; an answer may follow soon."""
        ...

    def played_s(self, piece: int) -> float:
        """Seconds of a piece that were played; remembered until the next drop()."""
        ...

    @property
    def is_idle(self) -> bool: ...


class Speaker(Playout):
    """A Player through sounddevice; reopens a device that vanished. `tell` hears of devices that fail.

    device: a number or a part of a name; None is the system's default.
    """

    def __init__(self, device: int | str | None = None, tell: Callable[[Event], None] = lambda _: None):
        super().__init__()
        self._device = device
        self._is_closed = False
        self._used_s = time.monotonic()
        self._latency_s = LATENCY_S
        self._steadiness = Steadiness()
        self._lost_since_s = self._used_s
        self._stream = KeptStream(self._open, ("loudspeaker", "扬声器"), tell, lambda: not self.is_idle)
        self._messenger = threading.Thread(target=self._deliver, name="speaker", daemon=True)
        self._messenger.start()

    def add(self, piece: int, pcm: bytes, rate_hz: int) -> None:
        self._use()
        super().add(piece, pcm, rate_hz)

    def end(self, piece: int) -> None:
        self._use()
        super().end(piece)

    def drop(self) -> None:
        self._use()
        super().drop()

    @property
    def is_open(self) -> bool:
        """Whether a device takes sound now."""
        return self._stream.is_open

    @property
    def latency_s(self) -> float:
        """Between fill() and the ear, as the device tells it."""
        return self._stream.latency_s

    def close(self) -> None:
        self._is_closed = True
        self._stream.close()
        self._messenger.join(2)

    def _use(self) -> None:
        self._used_s = time.monotonic()
        self._stream.want()

    def _open(self) -> Any:
        stream = opened(
            portaudio().OutputStream,
            self._device,
            is_input=False,
            blocksize=0,
            latency=self._latency_s,
            callback=self._play,
        )
        self.change_rate(int(stream.samplerate))
        self._steadiness.forget()
        return stream

    def _play(self, out: np.ndarray, count: int, _: Any, status: Any) -> None:
        self._stream.beat()
        self._steadiness.note(time.monotonic(), count / self.rate_hz, bool(status and status.output_underflow))
        mono = out[:, 0]
        self.fill(mono)
        out[:, 1:] = mono[:, None]

    def _deliver(self) -> None:
        while not self._is_closed:
            self.deliver(0.5)
            if not self.is_idle:
                self._used_s = time.monotonic()
                self._steady()
            elif time.monotonic() - self._used_s > IDLE_S:
                self._stream.want(False)

    def _steady(self) -> None:
        now_s = time.monotonic()
        if not self._steadiness.is_lost(now_s):
            self._lost_since_s = now_s
        elif self._latency_s < LONGEST_LATENCY_S and now_s - self._lost_since_s >= SURE_S:
            self._latency_s *= 2
            log.info("the loudspeaker ran dry; %.0f ms of sound are kept ready from now on", 1000 * self._latency_s)
            self._steadiness.forget()
            self._stream.release()  # it is opened again at once, and goes on where it was


class SilentPlayer(Playout):
    """A Player for machines without sound: pieces take their time and nothing is heard."""

    def __init__(self) -> None:
        super().__init__(rate_hz=16_000)
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="silent player", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_closed = True
        self._thread.join(2)

    def _run(self) -> None:
        block, last_s = np.zeros(int(STEP_S * self.rate_hz), np.float32), time.monotonic()
        while not self._is_closed:
            self.deliver(IDLE_STEP_S if self.is_idle else STEP_S)
            while time.monotonic() - last_s >= STEP_S:
                last_s += STEP_S
                self.fill(block)
