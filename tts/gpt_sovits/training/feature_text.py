"""Texts as phones, and BERT's features of Chinese ones (upstream's step 1a)."""

from collections.abc import Sequence
from functools import cached_property, partial
from pathlib import Path

import torch
from torch import Tensor

from tts.gpt_sovits.features.bert import Bert, load_bert
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.preparing import spelled_with
from tts.gpt_sovits.reading import Reader
from tts.gpt_sovits.text.frontend import Frontend
from tts.gpt_sovits.text.modes import UnknownLanguage
from tts.gpt_sovits.text.spelled import SpelledText, put_together
from tts.gpt_sovits.text.spelling import LanguageMissing, RuleSet
from tts.gpt_sovits.text.symbols import MARKS
from tts.gpt_sovits.training.feature_files import ClipText, FeatureFolder
from tts.gpt_sovits.training.feature_ledger import identity_of, key_of, replacing
from tts.gpt_sovits.training.feature_run import RecordedClip, Unfit

FORMAT = 1
"""Changes whenever the same text would be read differently."""


class TranscriptFrontend(Frontend):
    """Spells what was said and nothing more: short texts get nothing before them, which nobody has spoken."""

    def spell(self, text: str, language: str) -> SpelledText:
        return put_together([one for one in self._spelled_segments(text, language) if one[1].phones])


class TextExtractor:
    """rules: those the voice will be spoken with. is_half: BERT's features in half the space, as upstream on a GPU."""

    kind, header = "text", ""

    def __init__(self, folder: FeatureFolder, files: GPTSoVITSFiles, rules: RuleSet, is_half: bool, device: str):
        self._folder, self._files = folder, files
        self._rules: RuleSet = rules
        self._is_half, self._device = is_half, device
        self.table: Path | None = folder.texts

    def key(self, clip: RecordedClip) -> str:
        models = [identity_of(self._files.bert), identity_of(self._files.g2pw)]
        return key_of(FORMAT, clip.language, clip.text, self._rules, self._is_half, models)

    def make(self, clip: RecordedClip) -> tuple[str, Sequence[Path]]:
        spelled = self._spelled(clip)
        characters = [segment.normalized for segment in spelled.segments]
        counts = _counts(spelled)
        normalized = " ".join("".join(characters).split())  # a tab or a line break would end its column
        text = ClipText(clip.name, spelled.phones, counts, normalized)
        if not any(segment.language == "zh" for segment in spelled.segments) or self._bert is None:
            self._folder.bert(clip.name).unlink(missing_ok=True)  # of the text that the clip had before
            return text.row, ()
        features = self._reader.read(_text_of(clip), clip.language).bert
        return text.row, [write_tensor(self._folder.bert(clip.name), features, self._is_half)]

    def _spelled(self, clip: RecordedClip) -> SpelledText:
        try:
            spelled = self._frontend.spell(_text_of(clip), clip.language)
        except UnknownLanguage as error:
            raise Unfit(str(error), error.chinese) from error
        except LanguageMissing as error:
            raise Unfit(str(error), getattr(error, "chinese", str(error))) from error
        if set(MARKS).issuperset(spelled.phones):
            raise Unfit(
                "Its text has nothing that can be pronounced in its language; correct the text or the language.",
                "文本中没有该语言可读的内容，请改正文本或语言。",
            )
        return spelled

    @cached_property
    def _frontend(self) -> TranscriptFrontend:
        return TranscriptFrontend(self._rules, partial(spelled_with, self._files))

    @cached_property
    def _bert(self) -> Bert | None:
        return load_bert(self._files.bert, device=self._device) if self._files.bert else None

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._frontend, self._bert)


def write_tensor(file: Path, tensor: Tensor, is_half: bool) -> Path:
    """As upstream's tools keep features: a bare tensor."""
    tensor = tensor.detach().to("cpu", torch.float16 if is_half else torch.float32).contiguous().clone()
    with replacing(file) as opened:
        torch.save(tensor, opened)
    return file


def _text_of(clip: RecordedClip) -> str:
    # As upstream: its table of texts and its tokens cannot do with these two.
    return clip.text.replace("%", "-").replace("￥", ",")


def _counts(spelled: SpelledText) -> tuple[int, ...] | None:
    """Phones of each character, where all segments count them."""
    if not all(segment.word2ph for segment in spelled.segments):
        return None
    return tuple(count for segment in spelled.segments for count in segment.word2ph)
