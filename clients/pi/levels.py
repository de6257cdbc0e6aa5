"""How loud a recording is, what that means, and a tone to play. Pure."""

from dataclasses import dataclass

import numpy as np

from clients.bounds import RATE_HZ

SILENT_DBFS = -70.0
"""A microphone that works hears at least itself: converters hum at -60 or so."""
FAINT_DBFS = -45.0
"""The loudest half second of speech at arm's length lies above this."""
CLIPPED = 0.001
"""Share of samples at the limit from which on speech sounds torn."""
FADE_S = 0.02


@dataclass(frozen=True)
class Loudness:
    """Of a recording, in dB below the loudest possible square wave."""

    mean_dbfs: float
    loudest_dbfs: float
    """Of the loudest half second."""
    is_clipped: bool


def measure(samples: np.ndarray, rate_hz: int = RATE_HZ) -> Loudness:
    """float32 between -1 and 1."""
    window = min(rate_hz // 2, len(samples)) or 1
    powers = [float(np.mean(part**2)) for part in np.array_split(samples, max(1, len(samples) // window)) if len(part)]
    return Loudness(
        mean_dbfs=dbfs(float(np.mean(powers)) if powers else 0.0),
        loudest_dbfs=dbfs(max(powers, default=0.0)),
        is_clipped=bool(len(samples)) and float(np.mean(np.abs(samples) > 0.99)) > CLIPPED,
    )


def dbfs(power: float) -> float:
    """-120 stands for silence."""
    return 10 * float(np.log10(max(power, 1e-12)))


def complaint(loudness: Loudness) -> tuple[str, str] | None:
    """What to do about it, in English and in Chinese; None if speech can be recognised."""
    if loudness.loudest_dbfs < SILENT_DBFS:
        return (
            "The microphone gives silence: it is muted, or the wrong one. Look at --list, choose with --input, unmute"
            " it in alsamixer (F4) or with `pactl set-source-mute @DEFAULT_SOURCE@ 0`.",
            "麦克风没有声音：可能被静音或选错。用 --list 查看、--input 选择，"
            "并在 alsamixer（F4）中或用 `pactl set-source-mute @DEFAULT_SOURCE@ 0` 取消静音。",
        )
    if loudness.loudest_dbfs < FAINT_DBFS:
        return (
            "That was faint. If you spoke: come closer, or raise the recording level in alsamixer (F4).",
            "声音太小。如果刚才说了话：请靠近一些，或在 alsamixer（F4）中调高录音音量。",
        )
    if loudness.is_clipped:
        return (
            "That was too loud and is torn: lower the recording level in alsamixer (F4).",
            "声音过大而失真：请在 alsamixer（F4）中调低录音音量。",
        )
    return None


def tone(duration_s: float = 0.6, rate_hz: int = RATE_HZ, pitch_hz: float = 660.0) -> bytes:
    """Signed 16-bit PCM, faded in and out so that it does not click."""
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    fade = np.minimum(1, np.minimum(t, duration_s - t) / FADE_S)
    return (0.3 * 32767 * fade * np.sin(2 * np.pi * pitch_hz * t)).astype("<i2").tobytes()
