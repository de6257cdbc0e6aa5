"""How far the needle of a level meter goes. Pure."""

import math

QUIETEST_DB, LOUDEST_DB = -55.0, -15.0
"""A quiet room, and speech close to the microphone; relative to the loudest sound there can be."""


def needle(rms: float) -> float:
    """0 to 1, even for the ear: half of it is not half of the sound's strength."""
    if rms <= 0:
        return 0.0
    share = (20 * math.log10(rms) - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB)
    return min(1.0, max(0.0, share))
