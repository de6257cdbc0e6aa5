"""Changes the rate of sound that arrives in parts, so that no border between parts is heard."""

import numpy as np


class SoundStream:
    """One continuous mono sound."""

    def __init__(self, from_hz: int, to_hz: int):
        self.from_hz = from_hz
        self._stream = None
        if from_hz != to_hz:
            import soxr

            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")

    def feed(self, samples: np.ndarray) -> np.ndarray:
        """What is ready; a few milliseconds are kept until more is known."""
        return self._stream.resample_chunk(samples) if self._stream else samples

    def finish(self) -> np.ndarray:
        """The rest. Nothing may be fed afterwards."""
        if not self._stream:
            return np.zeros(0, np.float32)
        return self._stream.resample_chunk(np.zeros(0, np.float32), last=True)


def at_rate(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """A whole sound at another rate."""
    stream = SoundStream(from_hz, to_hz)
    return np.concatenate([stream.feed(samples), stream.finish()])
