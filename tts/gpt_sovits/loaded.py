"""Pairs of weights in memory: loaded when they are asked for, again when a file was replaced, and let go in time."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from tts.gpt_sovits.checkpoint import CheckpointRefused
from tts.gpt_sovits.features.memory import trim
from tts.gpt_sovits.loading import VoiceModels, Weights

Stamp = tuple[tuple[int, int, int], ...]
REFUSALS_REMEMBERED = 32


@dataclass(frozen=True)
class _Kept:
    """stamp: of the files as they were when they were read."""

    stamp: Stamp
    models: VoiceModels


class LoadedWeights:
    """Finds from any thread and loads on one, so that nobody who speaks waits for another's weights.

    The pair used last goes last; `main` never goes. Who speaks with a pair that has gone keeps it until the end.
    """

    def __init__(self, main: Weights, most: int, load: Callable[[Weights], VoiceModels]):
        self.main = main
        self._most = most
        self._load = load
        self._kept: OrderedDict[Weights, _Kept] = OrderedDict()
        self._refused: OrderedDict[Weights, tuple[Stamp, CheckpointRefused]] = OrderedDict()
        self._lock = Lock()

    def find(self, weights: Weights) -> VoiceModels | None:
        """The models, if they are in memory and their files are still the same or have gone."""
        stamp = _stamp(weights)
        with self._lock:
            kept = self._kept.get(weights)
            if kept is None or stamp not in (kept.stamp, None):
                return None
            self._kept.move_to_end(weights)
            return kept.models

    def get(self, weights: Weights) -> VoiceModels:
        """The models, loaded if they have to be; raises CheckpointRefused. For one thread."""
        return self.find(weights) or self._loaded(weights)

    def _loaded(self, weights: Weights) -> VoiceModels:
        stamp = _stamp(weights)
        if stamp is None:
            return self._load(weights)  # which says what is missing
        before, refusal = self._refused.get(weights, (None, None))
        if refusal and before == stamp:  # to read it again for every sentence would take long each time
            raise refusal
        try:
            models = self._load(weights)
        except CheckpointRefused as refused:
            self._refused[weights] = stamp, refused
            while len(self._refused) > REFUSALS_REMEMBERED:
                self._refused.popitem(last=False)
            raise
        self._keep(weights, _Kept(stamp, models))
        return models

    def _keep(self, weights: Weights, kept: _Kept) -> None:
        with self._lock:
            self._kept[weights] = kept
            self._kept.move_to_end(weights)
            idle = [other for other in self._kept if other not in (self.main, weights)]
            for other in idle[: max(len(self._kept) - self._most, 0)]:
                del self._kept[other]
        trim()


def _stamp(weights: Weights) -> Stamp | None:
    """What changes when a file is replaced, also by one of the same size and time; None where one is missing."""
    try:
        found = [file.stat() for file in (weights.gpt, weights.sovits)]
    except OSError:
        return None
    return tuple((each.st_ino, each.st_size, each.st_mtime_ns) for each in found)
