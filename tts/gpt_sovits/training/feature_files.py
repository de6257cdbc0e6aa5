"""Where the features of an experiment lie, by upstream's names, and the table of texts among them."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.gpt_sovits.training.refused import TrainingRefused


@dataclass(frozen=True)
class FeatureFolder:
    """The names of clips keep their endings everywhere, e.g. 3-bert/a.wav.pt."""

    root: Path

    @property
    def texts(self) -> Path:
        return self.root / "2-name2text.txt"

    @property
    def tokens(self) -> Path:
        return self.root / "6-name2semantic.tsv"

    def bert(self, name: str) -> Path:
        return self.root / "3-bert" / f"{name}.pt"

    def features(self, name: str) -> Path:
        return self.root / "4-cnhubert" / f"{name}.pt"

    def sound(self, name: str) -> Path:
        return self.root / "5-wav32k" / name

    def speaker(self, name: str) -> Path:
        return self.root / "7-sv_cn" / f"{name}.pt"


@dataclass(frozen=True)
class ClipText:
    """A clip's text as the models read it. counts: phones of each character; None where it is not of characters."""

    name: str
    phones: tuple[str, ...]
    counts: tuple[int, ...] | None
    normalized: str

    @property
    def row(self) -> str:
        counts = None if self.counts is None else list(self.counts)
        return f"{self.name}\t{' '.join(self.phones)}\t{counts}\t{self.normalized}"


def read_texts(file: Path) -> Iterator[ClipText]:
    """Rows of four columns; others are none. Raises OSError, and TrainingRefused where the file is not UTF-8."""
    for name, phones, counts, normalized in rows_of(file, 4):
        yield ClipText(name, tuple(phones.split()), _counts(counts), normalized)


def rows_of(file: Path, columns: int) -> Iterator[Sequence[str]]:
    try:
        lines = file.read_text("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise TrainingRefused(
            f"{file} is not UTF-8 text; prepare the recordings again.", f"{file} 不是 UTF-8 文本，请重新处理录音。"
        ) from error
    for line in lines:
        row = line.rstrip("\r").split("\t")
        if len(row) == columns:
            yield row


def _counts(text: str) -> tuple[int, ...] | None:
    """As Python prints a list of numbers; anything else counts as none."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    is_list = isinstance(found, list) and all(type(count) is int for count in found)
    return tuple(found) if is_list else None
