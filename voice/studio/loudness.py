"""How loud a clip is made."""

import numpy as np

LOUDEST = 0.9
ALPHA = 0.25


def balanced(samples: np.ndarray, loudest: float = LOUDEST, alpha: float = ALPHA) -> np.ndarray:
    """A blend of the clip with its peak at `loudest` and the clip as it is: quiet ones gain, loud ones hardly."""
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0:
        return samples
    if peak > 1:
        samples, peak = samples / np.float32(peak), 1.0
    return (samples / np.float32(peak) * np.float32(loudest * alpha) + np.float32(1 - alpha) * samples).astype(
        np.float32
    )


def truncated_pcm16(samples: np.ndarray) -> bytes:
    """Signed 16-bit samples, cut off towards zero as other tools of this field do it."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def rms_db(samples: np.ndarray) -> float:
    """RMS against full scale; -100 for nothing at all."""
    mean = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return round(max(10 * float(np.log10(mean)), -100.0), 1) if mean else -100.0
