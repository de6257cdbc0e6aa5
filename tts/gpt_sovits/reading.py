"""A text as the models read it: phones, and BERT's features for those of Chinese."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import torch
from torch import Tensor

from tts.gpt_sovits.features.bert import Bert, by_phone
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.spelled import SpelledText

REMEMBERED = 256
REMEMBERED_PHONES = 20_000
"""BERT's features take 4 kB a phone."""


@dataclass(frozen=True)
class ReadText:
    """phones: int64 [phones]; bert: float32 [width, phones], zero where the language is not Chinese."""

    phones: Tensor
    bert: Tensor

    def __add__(self, other: "ReadText") -> "ReadText":
        return ReadText(torch.cat([self.phones, other.phones]), torch.cat([self.bert, other.bert], dim=1))


class Reader:
    """Remembers what it has read, since the same phrases come back; any number of threads may ask."""

    def __init__(self, frontend: Frontend, bert: Bert | None, bert_width: int = 1024):
        self._frontend = frontend
        self._bert = bert
        self._bert_width = bert_width
        self._known: OrderedDict[tuple[str, str], ReadText] = OrderedDict()
        self._lock = Lock()

    def read(self, text: str, language: str) -> ReadText:
        """Raises UnknownLanguage and LanguageMissing."""
        with self._lock:
            known = self._known.get((text, language))
            if known:
                self._known.move_to_end((text, language))
                return known
        spelled = self._frontend.spell(text, language)
        read = ReadText(torch.tensor(spelled.ids, dtype=torch.int64), self._features(spelled))
        with self._lock:
            self._known[text, language] = read
            while len(self._known) > REMEMBERED or self._phone_count > REMEMBERED_PHONES:
                self._known.popitem(last=False)
        return read

    @property
    def _phone_count(self) -> int:
        return sum(len(read.phones) for read in self._known.values())

    @torch.inference_mode()
    def _features(self, spelled: SpelledText) -> Tensor:
        features = torch.zeros(self._bert_width, len(spelled.phones))
        chinese = [segment for segment in spelled.segments if segment.language == "zh" and segment.normalized]
        if self._bert is None or not chinese:
            return features
        for segment, rows in zip(chinese, self._bert.features([each.normalized for each in chinese]), strict=True):
            # A mark put before the segment afterwards has phones, but no character that BERT saw.
            found = by_phone(rows, segment.word2ph)
            features[:, segment.end - found.shape[1] : segment.end] = found
        return features
