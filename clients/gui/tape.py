"""The sound of a conversation, kept so that it can be saved as one WAV file."""

import threading
from collections import deque

import numpy as np
import soxr

from clients.sound_files import pcm_of, wav_of_pcm

RATE_HZ = 16_000
KEPT_S = 3600
PAUSE_S = 0.4
"""Between one speaker and the next."""


class Tape:
    """What was said by both, in order; the oldest sound goes when an hour is full."""

    def __init__(self, kept_s: float = KEPT_S):
        self._parts: deque[np.ndarray] = deque()
        self._kept = int(kept_s * RATE_HZ)
        self._length = 0
        self._lock = threading.Lock()

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def add(self, pcm: bytes, rate_hz: int) -> None:
        """Signed 16-bit mono sound of any rate."""
        sound = np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2")
        if rate_hz != RATE_HZ and len(sound):
            sound = soxr.resample(sound, rate_hz, RATE_HZ).astype("<i2")
        self._put(sound)

    def add_wav(self, recording: bytes) -> None:
        """A 16-bit mono WAV file."""
        self.add(*pcm_of(recording))

    def add_pause(self) -> None:
        self._put(np.zeros(int(PAUSE_S * RATE_HZ), "<i2"))

    def clear(self) -> None:
        with self._lock:
            self._parts.clear()
            self._length = 0

    def wav(self) -> bytes:
        """Everything as one file."""
        with self._lock:
            parts = list(self._parts)
        return wav_of_pcm(b"".join(part.tobytes() for part in parts), RATE_HZ)

    def _put(self, sound: np.ndarray) -> None:
        if not len(sound):
            return
        with self._lock:
            self._parts.append(sound)
            self._length += len(sound)
            while self._length > self._kept and len(self._parts) > 1:
                self._length -= len(self._parts.popleft())
