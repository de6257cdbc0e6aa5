"""The microphone: frames of 512 samples at 16 kHz from whatever device there is."""

import queue
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from clients.bounds import FRAME, FRAME_S, RATE_HZ
from clients.events import Event
from clients.kept_stream import KeptStream
from clients.resampling import SoundStream
from clients.sound_devices import Device, devices, opened, portaudio

__all__ = ["Device", "Microphone", "devices"]
WAITING_BLOCKS = 300
"""Ten seconds; a listener that is slower loses sound rather than memory."""


class Microphone:
    """Calls `on_frame` from a thread of its own; reopens a device that vanished.

    device: a number or a part of a name; None is the system's default.
    """

    def __init__(
        self,
        device: int | str | None,
        on_frame: Callable[[np.ndarray], None],
        tell: Callable[[Event], None] = lambda _: None,
    ):
        self._device, self._on_frame = device, on_frame
        self._blocks: queue.Queue[tuple[int, np.ndarray] | None] = queue.Queue(WAITING_BLOCKS)
        self._stream = KeptStream(self._open, ("microphone", "麦克风"), tell)
        self._thread = threading.Thread(target=self._pass_on, name="microphone frames", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Microphone":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        self._stream.want()

    def stop(self) -> None:
        """Give the device back; start() takes it again."""
        self._stream.want(False)

    @property
    def is_open(self) -> bool:
        """Whether sound comes in now."""
        return self._stream.is_open

    def close(self) -> None:
        self._stream.close()
        self._blocks.put(None)
        self._thread.join(2)

    def _open(self) -> Any:
        rate_hz = 0

        def take(block: np.ndarray, *_: Any) -> None:
            self._stream.beat()
            if not self._blocks.full():
                self._blocks.put_nowait((rate_hz, block.mean(axis=1)))

        library = portaudio()
        # One frame of 32 ms at a time at 48 kHz: fewer wake-ups, and speech bounds need no finer grain.
        block = round(FRAME_S * 48_000)
        stream = opened(library.InputStream, self._device, is_input=True, blocksize=block, latency="low", callback=take)
        rate_hz = int(stream.samplerate)
        return stream

    def _pass_on(self) -> None:
        sound, waiting = SoundStream(RATE_HZ, RATE_HZ), np.zeros(0, np.float32)
        while item := self._blocks.get():
            rate_hz, block = item
            if not rate_hz:  # the first block, before the rate was known
                continue
            if rate_hz != sound.from_hz:
                sound = SoundStream(rate_hz, RATE_HZ)
            waiting = np.concatenate([waiting, sound.feed(block)])
            while len(waiting) >= FRAME:
                self._on_frame(waiting[:FRAME].copy())
                waiting = waiting[FRAME:]
