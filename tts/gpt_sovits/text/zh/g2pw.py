"""Readings by g2pW, a BERT that a user has downloaded: it looks at the whole sentence. Nothing is fetched here."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from tts.gpt_sovits.refusal import CheckpointRefused, Fault
from tts.gpt_sovits.text.zh.g2pw_tables import read_tables
from tts.gpt_sovits.text.zh.scripts import taiwan_characters

MODEL = "g2pW.onnx"
REACH = 16
"""Characters that are looked at beyond the first and the last one in question."""

LONGEST = 480
"""Characters in one look; the model knows 512 places."""

REMEMBERED = 200


class Tokenizer(Protocol):
    """BERT's ids of single characters."""

    start: int
    end: int

    def ids(self, text: str) -> list[int]: ...


class G2pw:
    """A `Polyphones` over the files of a G2PWModel directory."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, threads: int = 1):
        """Load the model; raises CheckpointRefused with a sentence about what is missing or damaged."""
        try:
            self._tables = read_tables(folder)
            self._session = _session(folder / MODEL, threads)
            self._tokenizer = tokenizer
            self._characters = taiwan_characters()
            self.readings = lru_cache(REMEMBERED)(self._readings)
            self._readings("银行行长")
        except Fault as fault:
            raise CheckpointRefused.because_of(folder, fault) from fault.__cause__

    def _readings(self, text: str) -> Mapping[int, str]:
        """Syllables by the position of their character, for those that the model or its list of others knows."""
        traditional = text.translate(self._characters)
        readings = {
            place: self._tables.only_readings[character]
            for place, character in enumerate(traditional)
            if character in self._tables.only_readings
        }
        for start in range(0, len(traditional), LONGEST):
            asked = self._ask(traditional[start : start + LONGEST])
            readings.update({start + place: syllable for place, syllable in asked.items()})
        return readings

    def _ask(self, text: str) -> dict[int, str]:
        places = [place for place, character in enumerate(text) if character in self._tables.polyphones]
        if not places:
            return {}
        begin = max(0, places[0] - REACH)
        window = text[begin : places[-1] + REACH + 1]
        labels = self._best_labels(window, [place - begin for place in places])
        return {
            place: syllable
            for place, label in zip(places, labels, strict=True)
            if (syllable := self._tables.syllable(label))
        }

    def _best_labels(self, window: str, places: list[int]) -> list[int]:
        import numpy

        tokens = [self._tokenizer.start, *self._tokenizer.ids(window), self._tokenizer.end]
        rows = len(places)
        feed = {
            "input_ids": numpy.tile(numpy.array(tokens, numpy.int64), (rows, 1)),
            "token_type_ids": numpy.zeros((rows, len(tokens)), numpy.int64),
            "attention_mask": numpy.ones((rows, len(tokens)), numpy.int64),
            "phoneme_mask": numpy.array([self._tables.mask(window[place]) for place in places], numpy.float32),
            "char_ids": numpy.array([self._tables.polyphones[window[place]] for place in places], numpy.int64),
            "position_ids": numpy.array([place + 1 for place in places], numpy.int64),
        }
        try:
            chances = self._session.run(None, feed)[0]
            return [int(label) for label in chances.reshape(rows, len(self._tables.labels)).argmax(axis=1)]
        except Exception as error:  # onnxruntime's errors have no common class that could be named without it
            raise Fault(
                f"holds a {MODEL} that does not fit its lists ({_in_short(error)})", f"中的 {MODEL} 与其列表不符"
            ) from error


def _session(file: Path, threads: int) -> Any:
    """An onnxruntime.InferenceSession."""
    if not file.is_file():
        raise Fault(f"lacks {MODEL}", f"缺少 {MODEL}")
    try:
        import onnxruntime
    except ImportError as error:
        raise Fault(
            "needs onnxruntime, which is not installed; `pip install onnxruntime` adds it",
            "需要 onnxruntime，请运行 `pip install onnxruntime`",
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # whatever onnxruntime makes of a file that is cut off or something else
        raise Fault(f"holds a damaged {MODEL} ({_in_short(error)})", f"中的 {MODEL} 已损坏") from error


def _in_short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
