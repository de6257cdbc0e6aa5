"""The steps before learning: what the models read of texts and hear in clips. What is made already is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tts.gpt_sovits.files import GPTSoVITSFiles, needs_speaker
from voice.studio.base_weights import base_weights
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.training_follower import Follower, refusing
from voice.studio.training_names import AUDIO, SEMANTIC, SPEAKER, TEXT
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_report import dropped_facts, note
from voice.studio.transcripts import Line

if TYPE_CHECKING:
    from tts.gpt_sovits.training.feature_run import FeatureReport
    from tts.gpt_sovits.training.features import Features


@dataclass(frozen=True)
class FeatureWork:
    """Of which clips features are made, and with which models. devices: each gets a part of the clips."""

    experiment: Path
    clips: Sequence[Line]
    files: GPTSoVITSFiles
    devices: tuple[str, ...]
    is_half: bool
    rules: str = "default"


def extract_text_features(plan: TrainingPlan, step: Step) -> None:
    _noted(plan, TEXT, texts(_work(plan), step))


def extract_audio_features(plan: TrainingPlan, step: Step) -> None:
    _noted(plan, AUDIO, sounds(_work(plan), step))


def extract_speaker_vectors(plan: TrainingPlan, step: Step) -> None:
    """Nothing to do for v2, which knows its speaker from the sound alone."""
    work = _work(plan)
    if plan.version != "v2":
        _noted(plan, SPEAKER, speakers(work, step))


def extract_semantic_features(plan: TrainingPlan, step: Step) -> None:
    _noted(plan, SEMANTIC, tokens(_work(plan), step))


def texts(work: FeatureWork, step: Step) -> "FeatureReport":
    """Raises Refused, OSError, JobCancelled, as all of these do."""
    with refusing():
        return _features(work, step).texts(work.files, cast(Any, work.rules))


def sounds(work: FeatureWork, step: Step) -> "FeatureReport":
    with refusing():
        return _features(work, step).sounds(_require(work.files.hubert, "HuBERT"))


def speakers(work: FeatureWork, step: Step) -> "FeatureReport":
    with refusing():
        return _features(work, step).speakers(_require(work.files.speaker, "speaker network", "说话人网络"))


def tokens(work: FeatureWork, step: Step) -> "FeatureReport":
    with refusing():
        return _features(work, step).tokens(_require(work.files.sovits, "SoVITS base model", "SoVITS 底模"))


def all_features(work: FeatureWork, step: Step) -> list["FeatureReport"]:
    """One after another, each with its share of the step's progress. Raises Refused, OSError, JobCancelled."""
    sovits = _require(work.files.sovits, "SoVITS base model", "SoVITS 底模")
    kinds = [texts, sounds, *([speakers] if needs_speaker(sovits) else []), tokens]
    return [make(work, step.part(number, len(kinds))) for number, make in enumerate(kinds)]


def _work(plan: TrainingPlan) -> FeatureWork:
    files = base_weights(plan.models_dir, plan.version)
    return FeatureWork(plan.experiment, plan.clips, files, plan.devices, plan.is_half, plan.rules)


def _features(work: FeatureWork, step: Step) -> "Features":
    from tts.gpt_sovits.training.feature_run import RecordedClip, uniquely_named
    from tts.gpt_sovits.training.features import Features

    clips = [RecordedClip(line.name, Path(line.path), line.language, line.text) for line in work.clips]
    return Features(work.experiment, uniquely_named(clips), work.devices, work.is_half, Follower(step))


def _noted(plan: TrainingPlan, name: str, report: "FeatureReport") -> None:
    """Raises Refused where no clip is left."""
    note(plan.folder, name, made=report.made, kept=report.kept, dropped=dropped_facts(report.dropped))
    require_some(report)


def require_some(report: "FeatureReport") -> None:
    """Raises Refused where no clip has its features, with the first reason."""
    if report.made:
        return
    first = report.dropped[0] if report.dropped else None
    why, why_zh = (f" {first.name}: {first.english}", f"{first.name}：{first.chinese}") if first else ("", "")
    raise Refused(f"No clip can be learnt from.{why}", f"没有可用于训练的片段。{why_zh}")


def _require(file: Path | None, what: str, chinese: str = "") -> Path:
    if file is None:
        raise Refused(
            f"The {what} is missing: run `python3 start.py models get gpt-sovits`.",
            f"缺少 {chinese or what}：请运行 `python3 start.py models get gpt-sovits`。",
        )
    return file
