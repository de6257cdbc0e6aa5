"""How loud a clip is before features are taken of it: half as it is, half with its peak at one level."""

import numpy as np

LOUDEST = 0.95
ALPHA = 0.5
HUBERT_SCALE = 1145.14
"""With which the published models were trained; the networks after HuBERT know no other."""


def wav32k_samples(samples: np.ndarray) -> np.ndarray:
    """What is kept as the clip at 32 kHz, as int16. samples: float, at least one of them not 0.

    What is louder than 16 bits can tell is clipped; upstream lets it wrap around.
    """
    scaled = samples * np.float32(LOUDEST * ALPHA * 32768 / _peak(samples)) + samples * np.float32((1 - ALPHA) * 32768)
    return np.clip(np.trunc(scaled), -32768, 32767).astype(np.int16)


def hubert_samples(samples: np.ndarray) -> np.ndarray:
    """What HuBERT hears, before it is resampled to 16 kHz; not within [-1, 1]."""
    scale, rest = LOUDEST * ALPHA * HUBERT_SCALE, (1 - ALPHA) * HUBERT_SCALE
    return (samples / np.float32(_peak(samples)) * np.float32(scale) + samples * np.float32(rest)).astype(np.float32)


def _peak(samples: np.ndarray) -> float:
    return float(np.abs(samples).max())
