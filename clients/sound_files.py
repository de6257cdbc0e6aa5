"""WAV files as the server wants and sends them."""

import io
import wave
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from clients.bounds import RATE_HZ

LOWEST_HZ, HIGHEST_HZ = 8_000, 192_000
"""What is no sample rate of speech is a broken file; brought to the device's rate, 1 Hz would fill the memory."""


def wav_of(samples: np.ndarray, rate_hz: int = RATE_HZ) -> bytes:
    """A recording in float32 as 16-bit mono."""
    return wav_of_pcm((np.clip(samples, -1, 1) * 32767).round().astype("<i2").tobytes(), rate_hz)


def wav_of_pcm(pcm: bytes, rate_hz: int) -> bytes:
    """Signed 16-bit little-endian mono samples as a file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, rate_hz, 0, "NONE", ""))
        out.writeframes(pcm)
    return file.getvalue()


def pcm_of(wav: bytes) -> tuple[bytes, int]:
    """The 16-bit mono samples of a WAV file and their rate. Raises ValueError for any other file."""
    with _opened(wav) as file:
        if (file.getsampwidth(), file.getnchannels()) != (2, 1):
            raise ValueError("this WAV file is not 16-bit mono")
        pcm = file.readframes(file.getnframes())
        return pcm[: len(pcm) // 2 * 2], file.getframerate()  # one that was cut off may end in half a sample


def join_wavs(files: list[bytes]) -> bytes:
    """The pieces of one answer as one WAV file; they share one sample rate. Raises ValueError."""
    joined = io.BytesIO()
    with wave.open(joined, "wb") as out:
        for number, file in enumerate(files):
            with _opened(file) as piece:
                if not number:
                    out.setparams(piece.getparams())
                out.writeframes(piece.readframes(piece.getnframes()))
    return joined.getvalue()


def seconds_of(wav: bytes) -> float:
    """How long a WAV file plays. Raises ValueError."""
    with _opened(wav) as file:
        return file.getnframes() / file.getframerate()


@contextmanager
def _opened(wav: bytes) -> Iterator[wave.Wave_read]:
    try:
        with wave.open(io.BytesIO(wav)) as file:
            if not LOWEST_HZ <= file.getframerate() <= HIGHEST_HZ:
                raise ValueError(f"this WAV file has a sample rate of {file.getframerate()} Hz")
            yield file
    except (wave.Error, EOFError, RuntimeError) as error:  # the last for parts that reach beyond the file
        raise ValueError(f"this is no WAV file: {str(error) or 'it is too short'}") from None
