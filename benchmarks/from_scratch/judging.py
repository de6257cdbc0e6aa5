"""What is wrong with a sound that should say a sentence which espeak-ng has said as well."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.from_scratch.sounds import bands_of

SILENT = 0.01
"""Of the loudest frame: below it nothing is said."""
CLIPPED = 0.999
FRAME = 640


@dataclass(frozen=True)
class Level:
    """peak: 0 to 1. clipped: share of samples at full scale. said_s: between the first sound and the last."""

    peak: float
    clipped: float
    said_s: float

    @property
    def is_fine(self) -> bool:
        return self.peak > 0.05 and self.clipped < 0.001 and self.said_s > 0.3


def level_of(samples: np.ndarray) -> Level:
    """samples: float in [-1, 1] at 32 kHz."""
    if not len(samples):
        return Level(0.0, 0.0, 0.0)
    loudness = np.abs(samples)
    said = said_part(samples)
    return Level(float(loudness.max()), float((loudness >= CLIPPED).mean()), len(said) / (50 * FRAME))


def said_part(samples: np.ndarray) -> np.ndarray:
    """Without the silence at both ends, in whole frames of 20 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    loudness = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1)) if len(frames) else np.zeros(0)
    is_said = np.flatnonzero(loudness > SILENT * max(loudness.max(initial=0.0), 1e-4))
    return samples[is_said[0] * FRAME : (is_said[-1] + 1) * FRAME] if len(is_said) else samples[:0]


def looks_of(samples: np.ndarray) -> np.ndarray:
    """[frames, 40]: what two sounds are compared by; at least two frames."""
    said = said_part(samples)
    return bands_of(said if len(said) >= 2 * FRAME else np.zeros(2 * FRAME, np.float32)).T.numpy()


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """By dynamic time warping, per frame; one, other: [frames, bands].

    Worked off by anti-diagonals, each of which depends on the two before it alone.
    """
    costs = np.sqrt(np.maximum(((one[:, None] - other[None]) ** 2).mean(-1), 0))
    rows, columns = costs.shape
    before = np.full(rows + 1, np.inf)
    last = np.full(rows + 1, np.inf)
    last[1] = costs[0, 0]
    for diagonal in range(1, rows + columns - 1):
        low, high = max(0, diagonal - columns + 1), min(rows, diagonal + 1)
        row = np.arange(low, high)
        cost = costs[row, diagonal - row]
        # A step along both counts twice, or a detour would be cheaper than it.
        best = np.minimum(np.minimum(last[row], last[row + 1]), before[row] + cost)
        now = np.full(rows + 1, np.inf)
        now[row + 1] = best + cost
        before, last = last, now
    return float(last[rows] / (rows + columns))


def rank(said: np.ndarray, meant: np.ndarray, others: Sequence[np.ndarray]) -> int:
    """1 where what was meant is nearest to what was said; all [frames, bands]."""
    wanted = distance(said, meant)
    return 1 + sum(distance(said, other) <= wanted for other in others)
