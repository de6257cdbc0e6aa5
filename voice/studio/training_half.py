"""What both halves of a training share: curves, samples, the pick of an epoch, and the report."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from voice.studio.estimate import items_of
from voice.studio.recognition import HearingOptions
from voice.studio.steps import Step
from voice.studio.training_follower import CURVES, Curves, Follower, refusing
from voice.studio.training_names import GPT, SOVITS
from voice.studio.training_pick import best, choice_facts, judged
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_report import Dropped, Remark, dropped_facts, note, remark_facts
from voice.studio.training_samples import FOLDER, HalfName, Sample, Samples

STEPS: Mapping[str, str] = {"sovits": SOVITS, "gpt": GPT}


class Report(Protocol):
    """What both trainings answer."""

    @property
    def exports(self) -> tuple[Path, ...]: ...
    @property
    def epochs(self) -> int: ...
    @property
    def clip_count(self) -> int: ...
    @property
    def dropped(self) -> Sequence[Dropped]: ...
    @property
    def remarks(self) -> Sequence[Remark]: ...


def learn(
    plan: TrainingPlan, half: HalfName, other: Path | None, step: Step, train: Callable[[Follower], Report]
) -> None:
    """Train a half with everything around it. other: weights of the other half; None for the base model's.

    Raises Refused, OSError, JobCancelled.
    """
    samples = Samples(plan, half, other, step)
    with closing(Curves(plan.experiment / CURVES / half, step.log)) as curves, refusing():
        follower = Follower(step, curves, samples.make)
        report = train(follower)
    made = samples.complete(report.exports)
    note(
        plan.folder,
        STEPS[half],
        epochs=report.epochs,
        clips=report.clip_count,
        dropped=dropped_facts(report.dropped),
        remarks=remark_facts(report.remarks),
        device=plan.devices[0],
        s_per_clip=_s_per_clip(follower, report),
        samples=[vars(sample) for sample in made],
        picked=_picked(plan, made, report.exports, step),
    )


def _s_per_clip(follower: Follower, report: Report) -> float | None:
    """How long one clip takes on its way through the training, on all devices together."""
    whole_s = follower.whole_s
    return round(whole_s / (report.epochs * items_of(report.clip_count)), 6) if whole_s and report.epochs else None


def _picked(plan: TrainingPlan, samples: Sequence[Sample], exports: Sequence[Path], step: Step) -> Any:
    """The best epoch as the report has it; None where the last one is taken because nothing says otherwise."""
    there = {path.name for path in exports}
    candidates = [sample for sample in samples if sample.weights in there]
    hearing = HearingOptions(models_dir=plan.models_dir, language="", **dict(plan.asr))
    found = judged(candidates, plan.experiment / FOLDER, hearing, step)
    chosen = best(found)
    if chosen is None:
        return None
    step.log(
        f"Picked: {chosen.sample.weights}. Of its sample, {chosen.errors:.0%} of the characters are not understood, "
        f"the fewest of {len(found)} epochs.",
        chinese=f"选用 {chosen.sample.weights}：其样音的识别字错率为 {chosen.errors:.0%}，在 {len(found)} 轮中最低。",
    )
    return choice_facts(chosen, found)
