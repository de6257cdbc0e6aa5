"""Features of sentences that nobody has spoken, small models to learn them, and whoever watches."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import torch

from tests.support.chinese import is_chinese
from tts.gpt_sovits.text.symbols import SYMBOLS

BERT_DIM = 1024
TOKENS_A_PHONE = 3


class Ended(Exception):
    """What the watcher below ends a training with."""


@dataclass
class Watch:
    """Keeps what it is told; each line must have its Chinese.

    ends_at: the check (counted from 1) that ends the training.
    """

    ends_at: int = 0
    lines: list[str] = field(default_factory=list)
    points: dict[int, dict[str, float]] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    etas_s: list[float | None] = field(default_factory=list)
    checks: int = 0
    written: list[str] = field(default_factory=list)

    def progress(self, share: float, eta_s: float | None = None) -> None:
        self.shares.append(share)
        self.etas_s.append(eta_s)

    def check(self) -> None:
        self.checks += 1
        if self.checks == self.ends_at:
            raise Ended

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        assert is_chinese(chinese), f"Chinese readers are not told: {line}"
        self.lines.append(f"{level}: {line}")

    def point(self, step: int, **values: float) -> None:
        self.points[step] = values

    def exported(self, path: Path) -> None:
        self.written.append(path.name)

    @property
    def losses(self) -> list[float]:
        return [values["loss"] for values in self.points.values()]


def write_features(experiment: Path, count: int = 12, seed: int = 0) -> None:
    """The files that a semantic model learns from; each phone has three tokens of its own, so there is a rule."""
    source = random.Random(seed)
    (experiment / "3-bert").mkdir(parents=True)
    texts, tokens = [], ["item_name\tsemantic_audio"]
    for number in range(count):
        name = f"clip{number}.wav"
        phones = [source.randrange(1, 40) for _ in range(source.randint(4, 10))]
        texts.append(f"{name}\t{' '.join(SYMBOLS[phone] for phone in phones)}\tNone\ttext")
        spoken = [TOKENS_A_PHONE * phone + place for phone in phones for place in range(TOKENS_A_PHONE)]
        tokens.append(f"{name}\t{' '.join(map(str, spoken))}")
        if number % 2:
            bert = torch.randn(BERT_DIM, len(phones), generator=torch.Generator().manual_seed(number))
            torch.save(bert.half(), experiment / "3-bert" / f"{name}.pt")
    (experiment / "2-name2text.txt").write_text("\n".join(texts), "utf-8")
    (experiment / "6-name2semantic.tsv").write_text("\n".join(tokens), "utf-8")
