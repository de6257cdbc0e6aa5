"""Where a recording is cut into clips: at its pauses, as GPT-SoVITS does it, or within a clip that is too long.

Everything is counted in frames of one hop; the rules' numbers are those with which voices of that kind are trained.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_BLOCK_FRAMES = 4096


@dataclass(frozen=True)
class SliceRules:
    """Lengths in milliseconds. A pause lasts at least min_interval; clips grow to min_length before one is used."""

    threshold_db: float = -34.0
    """Below this loudness (RMS against full scale) it is silent."""
    min_length_ms: int = 4000
    min_interval_ms: int = 300
    hop_ms: int = 10
    max_silence_ms: int = 500
    """Silence that is left at either end of a clip."""
    max_length_ms: int | None = 15_000
    """Longer clips are divided at their quietest places; None leaves them whole."""

    def __post_init__(self) -> None:
        if not self.min_length_ms >= self.min_interval_ms >= self.hop_ms > 0 or self.max_silence_ms < self.hop_ms:
            raise ValueError("These must hold: min_length >= min_interval >= hop > 0 and max_silence >= hop.")
        if self.max_length_ms is not None and self.max_length_ms < 3 * self.hop_ms:
            raise ValueError("A maximum length of less than three hops cannot be kept.")


@dataclass(frozen=True)
class Slice:
    """In samples; the last one's end may lie up to a hop beyond the recording's."""

    start: int
    end: int


@dataclass(frozen=True)
class _Frames:
    """The rules in frames of `hop` samples."""

    hop: int
    window: int
    min_length: int
    min_interval: int
    max_silence: int
    max_length: int | None


def slices(samples: np.ndarray, rate_hz: int, rules: SliceRules) -> list[Slice]:
    """The clips of a mono recording in order; what lies between them is silence."""
    frames = _in_frames(rules, rate_hz)
    levels = frame_levels(samples, frames.hop, frames.window)
    is_silent = levels < 10 ** (rules.threshold_db / 20)
    pauses = list(_pauses(levels, is_silent, frames))
    found = [
        Slice(start * frames.hop, end * frames.hop)
        for begin, stop in _between(pauses, len(levels))
        for start, end in _divided(levels, begin, stop, frames.max_length)
    ]
    return [part for part in found if part.start < len(samples)]


def frame_levels(samples: np.ndarray, hop: int, window: int) -> np.ndarray:
    """The RMS around each hop; 1 + len(samples) // hop values."""
    count = 1 + len(samples) // hop
    after = max(window // 2, (count - 1) * hop + window - window // 2 - len(samples))
    padded = np.pad(samples.astype(np.float32, copy=False), (window // 2, after))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:count]
    blocks = [windows[at : at + _BLOCK_FRAMES] for at in range(0, count, _BLOCK_FRAMES)]
    return np.concatenate([np.sqrt(np.mean(np.square(block), axis=1)) for block in blocks])


def _in_frames(rules: SliceRules, rate_hz: int) -> _Frames:
    hop = round(rate_hz * rules.hop_ms / 1000)
    interval = round(rate_hz * rules.min_interval_ms / 1000)
    longest = None if rules.max_length_ms is None else int(rate_hz * rules.max_length_ms / 1000 / hop)
    return _Frames(
        hop=hop,
        window=min(interval, 4 * hop),
        min_length=round(rate_hz * rules.min_length_ms / 1000 / hop),
        min_interval=round(interval / hop),
        max_silence=round(rate_hz * rules.max_silence_ms / 1000 / hop),
        max_length=longest,
    )


def _pauses(levels: np.ndarray, is_silent: np.ndarray, frames: _Frames) -> Iterator[tuple[int, int]]:
    """What is left out: from the end of one clip to the start of the next, often the same frame."""
    clip_start = 0
    edges = np.flatnonzero(np.diff(is_silent, prepend=False, append=False))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end == len(levels):
            if end - begin >= frames.min_interval:
                yield _quietest(levels, begin, begin + frames.max_silence), end
            return
        is_leading = begin == 0 and end > frames.max_silence
        is_pause = end - begin >= frames.min_interval and end - clip_start >= frames.min_length
        if is_leading or is_pause:
            pause = _pause(levels, begin, end, frames.max_silence)
            clip_start = pause[1]
            yield pause


def _pause(levels: np.ndarray, begin: int, end: int, keep: int) -> tuple[int, int]:
    """Where to cut within a silence that lasts from `begin` until the frame `end` sounds."""
    if end - begin <= keep:
        middle = _quietest(levels, begin, end)
        return (0 if begin == 0 else middle), middle
    right = _quietest(levels, end - keep, end)
    return (0 if begin == 0 else _quietest(levels, begin, begin + keep)), right


def _quietest(levels: np.ndarray, first: int, last: int) -> int:
    """The first of the quietest frames, `last` included."""
    return first + int(np.argmin(levels[first : last + 1]))


def _between(pauses: list[tuple[int, int]], total: int) -> Iterator[tuple[int, int]]:
    if not pauses:
        yield 0, total
        return
    if pauses[0][0] > 0:
        yield 0, pauses[0][0]
    for (_, begin), (end, _) in pairwise(pauses):
        yield begin, end
    if pauses[-1][1] < total:
        yield pauses[-1][1], total


def _divided(levels: np.ndarray, begin: int, end: int, longest: int | None) -> Iterator[tuple[int, int]]:
    """Cut at the quietest frame of the middle third, again and again, until nothing is too long."""
    length = end - begin
    if longest is None or length <= longest:
        yield begin, end
        return
    middle = _quietest(levels, begin + length // 3, begin + 2 * length // 3)
    yield from _divided(levels, begin, middle, longest)
    yield from _divided(levels, middle, end, longest)
