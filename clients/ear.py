"""Frames of a microphone to utterances: probability, bounds and the frames themselves, kept in step."""

from collections.abc import Callable

import numpy as np

from clients.bounds import Ended, SpeechBounds, Started, UtteranceBuffer


class Ear:
    """vad gives the probability of speech in a frame; it is told with reset() when frames were left out."""

    def __init__(self, vad: Callable[[np.ndarray], float], reset: Callable[[], None], silence_ms: float):
        self._vad, self._reset = vad, reset
        self._begin(silence_ms)

    def hear(self, frame: np.ndarray) -> Started | Ended | None:
        self._is_fresh = False
        self._buffer.add(frame)
        return self.bounds.feed(self._vad(frame))

    def cut(self, first: int, last: int | None = None) -> np.ndarray:
        """The samples of an utterance with padding; without `last`, as far as it goes."""
        return self._buffer.cut(first, last)

    def deafen(self) -> None:
        """Forget what was heard: what comes next has no connection with it."""
        if not self._is_fresh:
            self._reset()
            self._begin(self.bounds.silence_ms)

    def adjust(self, silence_ms: float) -> None:
        """Another silence ends utterances from now on; not to be called during one."""
        if silence_ms != self.bounds.silence_ms:
            self._begin(silence_ms)

    def _begin(self, silence_ms: float) -> None:
        # Both at once, since they count the same frames; and what was before a gap is no padding of what follows.
        self.bounds, self._buffer, self._is_fresh = SpeechBounds(silence_ms), UtteranceBuffer(), True
