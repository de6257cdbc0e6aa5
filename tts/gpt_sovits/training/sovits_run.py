"""Training the acoustic model (SoVITS, s2) with the features of somebody's recordings."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tts.gpt_sovits.loading import fingerprint
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.parallel import on_devices
from tts.gpt_sovits.training.recovery import Effort, recovered
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip, Remark, tell_dropped
from tts.gpt_sovits.training.sovits_base import read_base
from tts.gpt_sovits.training.sovits_clips import FEWEST_CLIPS, SovitsClip, find_sovits_clips, repeated
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths, SovitsReport
from tts.gpt_sovits.training.sovits_state import SovitsOutcome, SovitsTask, exports_of
from tts.gpt_sovits.training.sovits_trainer import SovitsTrainer
from tts.gpt_sovits.training.watching import Watcher


def train_sovits(paths: SovitsPaths, options: SovitsOptions, watcher: Watcher) -> SovitsReport:
    """Train to the last epoch, from the last checkpoint if there is one.

    Raises TrainingRefused with a sentence, OSError, and whatever the watcher raises to end it.
    """
    options = replace(options, devices=_distinct(options.devices))
    config = read_base(paths.generator).config
    clips, dropped = find_sovits_clips(paths.experiment, config)
    tell_dropped(dropped, watcher)
    if len(clips) < FEWEST_CLIPS:
        raise _too_few(len(clips), dropped)
    task = SovitsTask(config, tuple(repeated(clips)), options, paths, _origin(paths, options, clips))
    remarks: tuple[Remark, ...] = ()

    def attempt(effort: Effort) -> SovitsOutcome:
        nonlocal remarks
        remarks = effort.remarks
        return on_devices(options.devices, partial(_train, task, effort), watcher)[0]

    outcome = recovered(attempt, Effort(options.batch_size), watcher)
    return SovitsReport(
        exports=exports_of(outcome, paths),
        epochs=outcome.place.epoch,
        steps=outcome.place.steps,
        losses=outcome.losses,
        clip_count=len(clips),
        dropped=tuple(dropped),
        remarks=remarks,
    )


def _train(task: SovitsTask, effort: Effort, member: Member, watcher: Watcher) -> SovitsOutcome:
    return SovitsTrainer(task, effort, member, watcher).run()


def _distinct(devices: Sequence[str]) -> tuple[str, ...]:
    """A GPU once: two processes on one make features faster, but cannot learn together."""
    return tuple(device for i, device in enumerate(devices) if device == "cpu" or device not in devices[:i])


def _origin(paths: SovitsPaths, options: SovitsOptions, clips: Sequence[SovitsClip]) -> dict[str, Any]:
    """Reads the base models' files once."""
    heard = hashlib.sha256()
    for clip in clips:
        heard.update(repr((clip.name, clip.phones, clip.frames)).encode())
    return {
        "generator": fingerprint(paths.generator),
        "discriminators": _fingerprint(paths.discriminators),
        "clips": heard.hexdigest(),
        "segment_frames": options.segment_frames,
        "judges_narrowing": options.judges_narrowing,
    }


def _fingerprint(file: Path | None) -> str | None:
    return None if file is None else fingerprint(file)


def _too_few(count: int, dropped: Sequence[DroppedClip]) -> TrainingRefused:
    if not dropped:
        return TrainingRefused(
            f"There must be at least {FEWEST_CLIPS} clips to learn from, and there are {count}; record more.",
            f"至少需要 {FEWEST_CLIPS} 个片段才能训练，目前有 {count} 个，请增加录音。",
        )
    first = dropped[0]
    return TrainingRefused(
        f"There must be at least {FEWEST_CLIPS} clips to learn from, and {count} can be used. "
        f"The first of the others, {first.name}: {first.english}",
        f"至少需要 {FEWEST_CLIPS} 个片段才能训练，目前可用的有 {count} 个。其余的第一个 {first.name}：{first.chinese}",
    )
