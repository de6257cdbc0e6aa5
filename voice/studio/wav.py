"""The WAV files between the stages: 32 kHz, mono, 16 bit, never seen half written."""

import hashlib
import math
from pathlib import Path

import numpy as np

import audio
from voice.studio.folders import replacing

RATE_HZ = 32_000
"""The rate at which voices are trained."""


def load_wav(file: Path) -> np.ndarray:
    """Float32 at RATE_HZ, whatever the file's own rate is."""
    sound = audio.decode(file.read_bytes(), max_s=math.inf)
    return audio.resample(sound.samples, sound.rate_hz, RATE_HZ)


def save_wav(file: Path, pcm: bytes) -> str:
    """Write signed 16-bit samples; returns the digest of the file."""
    data = audio.encode(pcm, RATE_HZ, "wav")
    with replacing(file, "wb") as out:
        out.write(data)
    return hashlib.sha256(data).hexdigest()
