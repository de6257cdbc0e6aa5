"""Sound as an array: its shape, its bounds, its rate, and the same as 16-bit PCM."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import soxr

Blocks = Generator[tuple[int, np.ndarray], None, None]
"""A recording while it is decoded: sample rates, and values as [frames, channels] of any range and number type."""


class AudioError(ValueError):
    """The sound cannot be used; the message is a sentence that its sender can act on."""


class AudioTooLong(AudioError):
    """The sound lasts longer than the caller allows."""


@dataclass(frozen=True, eq=False)
class Audio:
    """A recording of one channel."""

    samples: np.ndarray
    """1-D float32 in [-1, 1], finite and contiguous; may be empty."""
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz


def bounded(samples: np.ndarray) -> np.ndarray:
    """Float32 in [-1, 1]: what is too loud is clipped, what is no finite number becomes 0."""
    return np.nan_to_num(samples, posinf=0.0, neginf=0.0).clip(-1.0, 1.0).astype(np.float32)


def resample(samples: np.ndarray, from_hz: int, to_hz: int) -> np.ndarray:
    """Change the rate of mono float samples; the result is contiguous float32 in [-1, 1]."""
    samples = np.ascontiguousarray(samples, np.float32)
    return samples if from_hz == to_hz else bounded(soxr.resample(samples, from_hz, to_hz))


def to_pcm16(samples: np.ndarray) -> bytes:
    """Signed 16-bit little-endian; clips instead of wrapping around, silence where there is no number."""
    return (bounded(samples) * 32768).round().clip(-32768, 32767).astype("<i2").tobytes()


def from_pcm16(pcm: bytes) -> np.ndarray:
    """Float32 in [-1, 1) from signed 16-bit little-endian; half a sample at the end is dropped."""
    return np.frombuffer(pcm, "<i2", count=len(pcm) // 2).astype(np.float32) / 32768
