"""Where speech begins and ends, from one probability per frame. Pure."""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

RATE_HZ = 16_000
FRAME = 512
FRAME_S = FRAME / RATE_HZ
SPEECH = 0.5
"""From this probability on a frame is speech; a click makes fewer such frames than a syllable."""
SILENCE = 0.35
STARTING_FRAMES = 3
STARTING_WINDOW = 4
SHORTEST_FRAMES = math.ceil(0.2 / FRAME_S)
LONGEST_FRAMES = int(30 / FRAME_S)
PAD_BEFORE = math.ceil(0.2 / FRAME_S)
PAD_AFTER = math.ceil(0.1 / FRAME_S)


@dataclass(frozen=True)
class Started:
    """Speech goes on; the number of its first frame, counted from 0 since the bounds were made."""

    first: int


@dataclass(frozen=True)
class Ended:
    """Speech is over: its first and its last frame."""

    first: int
    last: int
    is_cut: bool
    """It was too long and goes on in the next utterance."""
    is_utterance: bool
    """False: too short to be speech."""


class SpeechBounds:
    """Follows one microphone."""

    def __init__(self, silence_ms: float = 500):
        self.silence_ms = silence_ms
        self._silence_frames = max(1, math.ceil(silence_ms / 1000 / FRAME_S - 1e-9))
        self._next = 0
        self.reset()

    def feed(self, probability: float) -> Started | Ended | None:
        """What the next frame decides."""
        number = self._next
        self._next += 1
        if self._first is None:
            return self._start(number, probability)
        if probability >= SILENCE:
            self._last = number
        if number - self._last >= self._silence_frames:
            return self._end(is_cut=False)
        if number - self._first + 1 >= LONGEST_FRAMES:
            return self._end(is_cut=True)
        return None

    @property
    def heard_frames(self) -> int:
        return self._next

    @property
    def last(self) -> int:
        """The last frame of the speech under way that was speech."""
        return self._last

    @property
    def speech_s(self) -> float:
        """How long the speech under way is, without the silence after it."""
        return 0.0 if self._first is None else (self._last - self._first + 1) * FRAME_S

    @property
    def pause_frames(self) -> int:
        """How long the silence after it is."""
        return 0 if self._first is None else self._next - 1 - self._last

    def finish(self) -> Ended | None:
        """End the speech under way at once, as when the microphone is switched off."""
        return None if self._first is None else self._end(is_cut=False)

    def reset(self) -> None:
        """Forget the speech under way; frames are counted on."""
        self._recent: deque[bool] = deque(maxlen=STARTING_WINDOW)
        self._first: int | None = None
        self._last = 0

    def _start(self, number: int, probability: float) -> Started | None:
        self._recent.append(probability >= SPEECH)
        if sum(self._recent) < STARTING_FRAMES:
            return None
        self._first = number - len(self._recent) + 1 + self._recent.index(True)
        self._last = number if probability >= SILENCE else number - 1
        return Started(self._first)

    def _end(self, *, is_cut: bool) -> Ended:
        assert self._first is not None
        ended = Ended(self._first, self._last, is_cut, self._last - self._first + 1 >= SHORTEST_FRAMES)
        self.reset()
        return ended


class UtteranceBuffer:
    """The last frames, as many as the longest utterance has with its padding; numbered like those of SpeechBounds."""

    def __init__(self) -> None:
        self._frames: deque[np.ndarray] = deque(maxlen=PAD_BEFORE + LONGEST_FRAMES + PAD_AFTER)
        self._count = 0

    def add(self, frame: np.ndarray) -> None:
        self._frames.append(frame)
        self._count += 1

    def cut(self, first: int, last: int | None = None) -> np.ndarray:
        """The samples from frame `first` to `last`, or to the newest, with the padding before and after."""
        oldest = self._count - len(self._frames)
        start = max(first - PAD_BEFORE, oldest)
        stop = self._count if last is None else min(last + PAD_AFTER + 1, self._count)
        frames = [self._frames[number - oldest] for number in range(start, stop)]
        return np.concatenate(frames) if frames else np.zeros(0, np.float32)
