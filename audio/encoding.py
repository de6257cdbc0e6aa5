"""Speech as complete files that players, browsers and clients take."""

import io
import struct

import numpy as np
import soundfile

from audio.samples import AudioError, from_pcm16, resample

MEDIA_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/ogg", "pcm": "audio/pcm"}
FORMATS = tuple(MEDIA_TYPES)

_MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
_OPUS_COMPRESSION = 0.8  # 56 kbit/s; below 50 the encoder takes more than twice as long, and sounds worse


def encode(pcm: bytes, rate_hz: int, format: str) -> bytes:
    """Make a complete file of one of FORMATS from signed 16-bit little-endian mono PCM; "pcm" returns it unchanged.

    mp3 and opus know few rates: others are resampled to the next higher one. Raises AudioError for another format.
    """
    if format == "pcm":
        return pcm
    if format == "wav":
        return _wav(pcm, rate_hz)
    if format == "mp3":
        return _compressed(pcm, rate_hz, _MP3_RATES_HZ, "MP3", "MPEG_LAYER_III")
    if format == "opus":
        return _compressed(pcm, rate_hz, _OPUS_RATES_HZ, "OGG", "OPUS", _OPUS_COMPRESSION)
    raise AudioError(f"There is no audio format {format!r} here: choose {', '.join(FORMATS)}.")


def _wav(pcm: bytes, rate_hz: int) -> bytes:
    pcm = pcm[: len(pcm) // 2 * 2]
    header = struct.pack("<4sI4s", b"RIFF", 36 + len(pcm), b"WAVE")
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return header + layout + struct.pack("<4sI", b"data", len(pcm)) + pcm


def _compressed(
    pcm: bytes, rate_hz: int, rates_hz: tuple[int, ...], container: str, codec: str, compression: float | None = None
) -> bytes:
    to_hz = min((rate for rate in rates_hz if rate >= rate_hz), default=rates_hz[-1])
    samples = resample(from_pcm16(pcm), rate_hz, to_hz)
    if not len(samples):
        samples = np.zeros(1, np.float32)  # for nothing at all LAME writes no file, and Opus one that nothing reads
    file = io.BytesIO()
    soundfile.write(file, samples, to_hz, codec, format=container, compression_level=compression)
    return file.getvalue()
