"""One chirp in every form that browsers, phones and recorders write, and the measures to compare with it."""

import io
import struct
from typing import Any

import av
import numpy as np
import soundfile
import soxr

RATE_HZ = 16_000


def chirp(duration_s: float = 1.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A tone that climbs from 200 to 1700 Hz, so that its place in time can be told."""
    t = np.arange(int(duration_s * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * (200 + 750 * t / duration_s) * t)).astype(np.float32)


def by_libsndfile(
    container: str, codec: str, samples: np.ndarray, rate_hz: int = RATE_HZ, endian: str | None = None
) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, codec, endian, container)
    return file.getvalue()


class _Pipe:
    """A file that cannot be rewound: headers stay as a live recorder writes them."""

    def __init__(self) -> None:
        self.written = bytearray()

    def write(self, data: bytes) -> int:
        self.written += data
        return len(data)


def by_ffmpeg(
    container: str, codec: str, samples: np.ndarray, rate_hz: int = RATE_HZ, is_live: bool = False, **options: str
) -> bytes:
    file, pipe = io.BytesIO(), _Pipe()
    with av.open(pipe if is_live else file, "w", format=container, options=options) as output:
        stream: Any = output.add_stream(codec, rate=rate_hz, layout="mono")
        _mux_sound(output, stream, samples, rate_hz)
    return bytes(pipe.written) if is_live else file.getvalue()


def film(container: str, video_codec: str, audio_codec: str, samples: np.ndarray, rate_hz: int) -> bytes:
    """Sound beside moving pictures, as a phone's camera records it."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        pictures: Any = output.add_stream(video_codec, rate=25)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        sound: Any = output.add_stream(audio_codec, rate=rate_hz, layout="mono")
        for shade in range(0, 250, 10):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
            output.mux(pictures.encode(picture))
        output.mux(pictures.encode(None))
        _mux_sound(output, sound, samples, rate_hz)
    return file.getvalue()


def _mux_sound(output: Any, stream: Any, samples: np.ndarray, rate_hz: int) -> None:
    frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None, :], format="s16", layout="mono")
    frame.sample_rate = rate_hz
    output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def eight_channels() -> bytes:
    """AAC whose headers claim 7.1."""
    data = bytearray(by_ffmpeg("adts", "aac", chirp(0.3)))
    at = 0
    while at < len(data):
        data[at + 2] |= 0x01
        data[at + 3] |= 0xC0
        at += (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
    return bytes(data)


def wav(pcm: bytes, before: bytes = b"", data_size: int | None = None, riff_size: int | None = None) -> bytes:
    """A 16-bit mono WAV by hand, with chunks `before` the sound and sizes that may lie."""
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    size = len(pcm) if data_size is None else data_size
    body = b"WAVE" + layout + before + struct.pack("<4sI", b"data", size) + pcm
    return b"RIFF" + struct.pack("<I", len(body) if riff_size is None else riff_size) + body


def pcm16(samples: np.ndarray) -> bytes:
    return (samples * 32767).astype("<i2").tobytes()


def likeness(heard: np.ndarray, heard_hz: int, original: np.ndarray, original_hz: int = RATE_HZ) -> float:
    """Correlate at the delay that fits best: 1 is the same sound, whatever its loudness; codecs delay."""
    heard = soxr.resample(heard, heard_hz, original_hz)
    size = 2 * max(len(heard), len(original))
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(original, size)), size)
    return float(products.max() / (np.linalg.norm(heard) * np.linalg.norm(original)))


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples))))


def lossless(duration_s: float = 1.0) -> dict[str, bytes]:
    """Recordings whose samples come back as they were."""
    tone = chirp(duration_s)
    kinds = {f"wav-{codec}": ("WAV", codec) for codec in ("PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")}
    kinds |= {f"wav-extensible-{codec}": ("WAVEX", codec) for codec in ("PCM_16", "PCM_24", "PCM_32", "FLOAT")}
    kinds |= {
        f"{container}-{codec}": (container, codec) for container in ("AIFF", "AU") for codec in ("PCM_16", "FLOAT")
    }
    kinds |= {"rf64": ("RF64", "PCM_16"), "w64": ("W64", "PCM_16"), "flac": ("FLAC", "PCM_24")}
    kinds |= {"caf": ("CAF", "PCM_16"), "caf-24": ("CAF", "PCM_24")}
    made = {name: by_libsndfile(container, codec, tone) for name, (container, codec) in kinds.items()}
    return made | {
        "wav-big-endian": by_libsndfile("WAV", "PCM_16", tone, endian="BIG"),
        "flac-after-id3": b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + made["flac"],
        "m4a-alac": by_ffmpeg("ipod", "alac", tone),
        "mkv-pcm": by_ffmpeg("matroska", "pcm_s16le", tone),
    }


def lossy(duration_s: float = 1.0) -> dict[str, bytes]:
    """Recordings that come back much like they were, perhaps a little later and longer."""
    tone, at_48k, at_8k = chirp(duration_s), chirp(duration_s, 48_000), chirp(duration_s, 8_000)
    kinds = {f"wav-{codec}": codec for codec in ("PCM_U8", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610")}
    made = {name: by_libsndfile("WAV", codec, tone) for name, codec in kinds.items()}
    made |= {
        "wav-extensible-ALAW": by_libsndfile("WAVEX", "ALAW", tone),
        "wav-mp3": by_ffmpeg("wav", "libmp3lame", tone),
        "mp3": by_libsndfile("MP3", "MPEG_LAYER_III", tone),
        "mp3-with-id3": by_ffmpeg("mp3", "libmp3lame", tone),
        "ogg-vorbis": by_libsndfile("OGG", "VORBIS", tone),
        "ogg-opus": by_libsndfile("OGG", "OPUS", tone),
        "ogg-opus-48k": by_ffmpeg("ogg", "libopus", at_48k, 48_000),
        "webm-opus": by_ffmpeg("webm", "libopus", at_48k, 48_000),
        "webm-opus-live": by_ffmpeg("webm", "libopus", at_48k, 48_000, is_live=True, live="1"),
        "webm-film": film("webm", "libvpx", "libopus", at_48k, 48_000),
        "aac-adts": by_ffmpeg("adts", "aac", tone),
        "m4a": by_ffmpeg("ipod", "aac", tone),
        "mp4-fragments": by_ffmpeg("mp4", "aac", tone, is_live=True, movflags="frag_every_frame+empty_moov"),
        "mp4-fragments-with-index": by_ffmpeg("mp4", "aac", tone, movflags="dash+frag_every_frame"),
        "mp4-fragments-of-old": by_ffmpeg("mp4", "aac", tone, movflags="frag_keyframe+empty_moov+omit_tfhd_offset"),
        "mp4-opus": by_ffmpeg("mp4", "libopus", at_48k, 48_000),
        "mp4-film": film("mp4", "mpeg4", "aac", tone, RATE_HZ),
        "mov": by_ffmpeg("mov", "aac", tone),
    }
    if "libopencore_amrnb" in av.codecs_available:
        made["amr"] = by_ffmpeg("amr", "libopencore_amrnb", at_8k, 8_000)
        made["3gp-amr"] = by_ffmpeg("3gp", "libopencore_amrnb", at_8k, 8_000)
    return made
