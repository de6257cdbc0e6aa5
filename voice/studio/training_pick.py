"""Which epoch of a half is the best, by a measure that can be stated: how well a recogniser understands its sample."""

import unicodedata
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr.recognizer import Heard
from voice.studio.recognition import HearingOptions, LazyRecognizer
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.training_samples import Sample
from voice.studio.wav import load_wav

NOT_UNDERSTOOD = 0.5
"""Where even the best sample has more errors than that, the measure says nothing."""
DEMONSTRATION = "pocketsphinx"
"""Too inaccurate to judge anything."""


@dataclass(frozen=True)
class Judged:
    """errors: character errors by the sentence's length; heard: what the recogniser made of it."""

    sample: Sample
    heard: str
    errors: float


def judged(samples: Sequence[Sample], folder: Path, hearing: HearingOptions, step: Step) -> list[Judged]:
    """What a recogniser understands of each; nothing where there is no recogniser. Raises JobCancelled."""
    if len(samples) < 2:
        return []
    with closing(LazyRecognizer(hearing)) as recognizer:
        if recognizer.name in ("none", DEMONSTRATION):
            step.log(
                "The last epoch is taken: without SenseVoice nothing judges the samples. Listen to them yourself.",
                chinese="选用最后一轮：没有 SenseVoice，样音无从评判，请自行试听。",
            )
            return []
        try:
            return [_judged(sample, folder, recognizer, step) for sample in samples]
        except Refused as refusal:
            english = f"The last epoch is taken, since the samples cannot be judged: {refusal}"
            step.log(english, "warning", f"样音无法评判，选用最后一轮：{refusal.chinese}")
            return []


def best(found: Sequence[Judged]) -> Judged | None:
    """The one with the fewest errors, of equals the latest; None where there is nothing to go by."""
    if not found:
        return None
    chosen = min(found, key=lambda one: (one.errors, -one.sample.epoch))
    return chosen if chosen.errors <= NOT_UNDERSTOOD else None


def choice_facts(chosen: Judged, found: Sequence[Judged]) -> dict[str, Any]:
    """For the report: what was chosen, and what of."""
    return {
        "weights": chosen.sample.weights,
        "epoch": chosen.sample.epoch,
        "errors": round(chosen.errors, 4),
        "measure": "character error rate of the sample, as recognised; of equals the latest",
        "heard": [{"epoch": one.sample.epoch, "errors": round(one.errors, 4), "text": one.heard} for one in found],
    }


def character_errors(said: str, heard: str) -> float:
    """Characters to change, add or take away, by the length of `said`; letters and digits alone count."""
    wanted, found = _letters(said), _letters(heard)
    row = list(range(len(found) + 1))
    for number, one in enumerate(wanted, 1):
        above, row[0] = row[0], number
        for place, other in enumerate(found, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (one != other))
    return row[-1] / max(len(wanted), 1)


def _judged(sample: Sample, folder: Path, recognizer: LazyRecognizer, step: Step) -> Judged:
    step.check()
    answer = recognizer.hear(load_wav(folder / sample.file), sample.language)
    heard = answer.text if isinstance(answer, Heard) else ""
    return Judged(sample, heard, character_errors(sample.text, heard))


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())
