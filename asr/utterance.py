"""What is sound enough to be recognised: native code under the engines ends the process on some of the rest."""

import numpy as np

from asr.recognizer import RATE_HZ, RecognitionFailed

SHORTEST_S = 0.1
"""Kaldi's features crash on none or one sample, and nobody says anything in less."""
SILENT_PEAK = 1e-4
"""Three steps of 16-bit audio: dither, not a voice."""


def audible(samples: np.ndarray) -> np.ndarray | None:
    """Contiguous float32 of one utterance with its peak within 1, or None where there is nothing to hear.

    Raises RecognitionFailed for what is no mono recording of numbers, rather than guess its scale or its channels.
    """
    if samples.ndim != 1:
        raise RecognitionFailed(
            f"One channel of sound is needed, but it has the shape {samples.shape}; mix it down first."
        )
    if not np.issubdtype(samples.dtype, np.floating):
        raise RecognitionFailed(f"Sound is needed as floats within 1, not as {samples.dtype}; scale it first.")
    if len(samples) < SHORTEST_S * RATE_HZ:
        return None
    peak = np.abs(samples).max()
    if not np.isfinite(peak):
        raise RecognitionFailed("The recording holds values that are no numbers (NaN or infinity).")
    if peak < SILENT_PEAK:
        return None
    return np.ascontiguousarray(samples / max(peak, 1.0), np.float32)
