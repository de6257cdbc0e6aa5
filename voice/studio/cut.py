"""The second stage: recordings become clips of a few seconds, each at a good level."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from voice.studio.folders import CharacterFolder
from voice.studio.ledger import Done, Ledger, key_of
from voice.studio.loudness import ALPHA, LOUDEST, balanced, rms_db, truncated_pcm16
from voice.studio.refused import Refused
from voice.studio.slicing import Slice, SliceRules, slices
from voice.studio.steps import Step
from voice.studio.wav import RATE_HZ, load_wav, save_wav

FORM = 1
SHORTEST_S = 0.6
"""Training takes nothing shorter, and a recogniser understands none of it."""
FULL_SCALE = 0.999
SHORTEST_CLIPPING = 3
"""So many samples in a row at full scale: a wave that was cut off, not one that just touches it."""


@dataclass(frozen=True)
class Cut:
    """A clip as it came out of its recording: `peak` and `clipped` (a share of its samples) are of the original."""

    name: str
    source: str
    start_s: float
    seconds: float
    peak: float
    clipped: float
    loudness_db: float
    """RMS of the finished clip against full scale."""
    fault: str = ""
    """Why there is no such file: too_short or silent."""
    digest: str = ""


def cut_recordings(folder: CharacterFolder, converted: Mapping[str, str], rules: SliceRules, step: Step) -> list[Cut]:
    """Cut what is new or has changed; the result lists all clips, and those that were not worth a file.

    converted: digests by name. Raises Refused when nothing is left.
    """
    ledger = Ledger(folder.sliced)
    ledger.sweep(converted)
    cuts: list[Cut] = []
    for number, (name, content) in enumerate(sorted(converted.items())):
        step.progress(number / len(converted))
        key = key_of("slice", FORM, asdict(rules), SHORTEST_S, LOUDEST, ALPHA, content)
        done = ledger.find(name, key)
        if not done:
            done = ledger.record(_cut(folder, name, key, rules))
            count, recording = len(done.outputs), name.removesuffix(".wav")  # as people know it
            english = f"Cut {recording}: {count} clip{'s' * (count != 1)}."
            step.log(english, chinese=f"已切分 {recording}：{count} 个片段。")
        cuts += [Cut(**cut) for cut in done.facts["cuts"]]
    if not any(cut.digest for cut in cuts):
        raise Refused(
            "The recordings hold only silence or scraps shorter than 0.6 s.", "录音里只有静音，或不足 0.6 秒的片段。"
        )
    return cuts


def _cut(folder: CharacterFolder, name: str, key: str, rules: SliceRules) -> Done:
    cuts = cut_samples(load_wav(folder.converted / name), name, folder.sliced, rules)
    outputs = {cut.name: cut.digest for cut in cuts if cut.digest}
    facts: dict[str, Any] = {"cuts": [asdict(cut) for cut in cuts]}
    return Done(name, key, outputs, facts)


def cut_samples(
    samples: np.ndarray,
    source: str,
    into: Path,
    rules: SliceRules,
    loudest: float = LOUDEST,
    alpha: float = ALPHA,
    check: Callable[[], None] = lambda: None,
) -> list[Cut]:
    """Write the clips of one recording at RATE_HZ. loudest, alpha: as voice.studio.loudness takes them."""
    parts = slices(samples, RATE_HZ, rules) or [Slice(0, len(samples))]  # what is silent all through is told, too
    cuts = []
    for part in parts:
        check()
        cuts.append(_save(into, source, samples, part, rules, loudest, alpha))
    return cuts


def _save(
    into: Path, source: str, samples: np.ndarray, part: Slice, rules: SliceRules, loudest: float, alpha: float
) -> Cut:
    clip = samples[part.start : part.end]
    # The name is that of other tools: clips can be found again in transcripts made with them.
    name = f"{source}_{part.start:010d}_{part.end:010d}.wav"
    seconds, peak = len(clip) / RATE_HZ, float(np.abs(clip).max(initial=0.0))
    fault = "too_short" if seconds < SHORTEST_S else "silent" if is_silent(clip, rules.threshold_db) else ""
    level = balanced(clip, loudest, alpha)
    made = "" if fault else save_wav(into / name, truncated_pcm16(level))
    return Cut(name, source, part.start / RATE_HZ, seconds, peak, clipped_share(clip), rms_db(level), fault, made)


def is_silent(clip: np.ndarray, threshold_db: float) -> bool:
    """Whether no 40 ms of it reach the threshold."""
    size = RATE_HZ // 25
    parts = clip[: len(clip) // size * size].reshape(-1, size)
    return not (np.sqrt(np.mean(np.square(parts), axis=1)) >= 10 ** (threshold_db / 20)).any()


def clipped_share(samples: np.ndarray) -> float:
    """The share of samples within runs at full scale."""
    edges = np.flatnonzero(np.diff(np.abs(samples) >= FULL_SCALE, prepend=False, append=False))
    runs = edges[1::2] - edges[::2]
    return float(runs[runs >= SHORTEST_CLIPPING].sum() / max(len(samples), 1))
