"""What was learnt, judged on sentences that nobody has learnt from, beside espeak-ng's own rendering of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.from_scratch.hearing import Hears, wrong_words
from benchmarks.from_scratch.judging import level_of, looks_of, rank
from benchmarks.from_scratch.listener import Listener
from benchmarks.from_scratch.phones import edit_distance, sequence_of
from benchmarks.from_scratch.sounds import events_of, read
from benchmarks.from_scratch.speech import Speech, Spoken


@dataclass(frozen=True)
class Verdict:
    """Of one way to say the held-out sentences. wrong_*: shares; wrong_words: None without a recogniser."""

    who: str
    ranks: tuple[int, ...]
    wrong_phones: float
    wrong_words: float | None
    length_ratios: tuple[float, ...]
    fine_levels: int

    @property
    def first_share(self) -> float:
        return sum(rank == 1 for rank in self.ranks) / len(self.ranks)

    @property
    def has_passed(self) -> bool:
        """As it was laid down before anything was trained."""
        return (
            self.first_share >= 0.9
            and self.wrong_phones < 0.35
            and 0.7 <= median(self.length_ratios) <= 1.4
            and self.fine_levels == len(self.ranks)
        )


def judged(who: str, sounds: Sequence[np.ndarray], speech: Speech, listener: Listener, hears: Hears | None) -> Verdict:
    """sounds: of the held-out sentences, in their order."""
    meant = [read(clip.sound) for clip in speech.held_out]
    others = [looks_of(read(clip.sound)) for clip in speech.distractors]
    said_s = [(level_of(ours).said_s, level_of(theirs).said_s) for ours, theirs in zip(sounds, meant, strict=True)]
    return Verdict(
        who=who,
        ranks=tuple(rank(looks_of(ours), looks_of(theirs), others) for ours, theirs in zip(sounds, meant, strict=True)),
        wrong_phones=wrong_phones(sounds, speech.held_out, listener),
        wrong_words=wrong_words(hears, sounds, [clip.text for clip in speech.held_out]),
        length_ratios=tuple(ours / max(theirs, 0.02) for ours, theirs in said_s),
        fine_levels=sum(level_of(ours).is_fine for ours in sounds),
    )


def wrong_phones(sounds: Sequence[np.ndarray], clips: Sequence[Spoken], listener: Listener) -> float:
    """Of those that were meant; may exceed 1."""
    meant = [sequence_of(events_of(clip)) for clip in clips]
    heard = [listener.phones(samples) if len(samples) > 6400 else [] for samples in sounds]
    return sum(map(edit_distance, meant, heard)) / sum(map(len, meant))


def save(verdicts: Sequence[Verdict], file: Path) -> None:
    file.write_text(json.dumps([asdict(verdict) for verdict in verdicts], indent=1), "utf-8")
