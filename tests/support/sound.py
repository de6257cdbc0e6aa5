"""Looks at signed 16-bit mono sound."""

import numpy as np


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(np.int32)


def loudness(pcm: bytes) -> float:
    """Root mean square, 0 to 32768."""
    return float(np.sqrt(np.mean(samples(pcm) ** 2.0))) if pcm else 0.0


def longest_silence_ms(pcm: bytes, rate_hz: int) -> float:
    """The longest stretch of exact zeros."""
    sounding = np.flatnonzero(np.concatenate([[1], samples(pcm), [1]]))
    return float(np.diff(sounding).max() - 1) / rate_hz * 1000
