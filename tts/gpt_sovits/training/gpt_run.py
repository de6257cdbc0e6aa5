"""Training the semantic model (GPT, s1) with the features of somebody's recordings."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tts.gpt_sovits.training.gpt_base import base_checkpoint
from tts.gpt_sovits.training.gpt_clips import GptClip, find_clips, repeated
from tts.gpt_sovits.training.gpt_export import export_path
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths, GptReport
from tts.gpt_sovits.training.gpt_reading import with_sound_bert
from tts.gpt_sovits.training.gpt_state import origin_of
from tts.gpt_sovits.training.gpt_trainer import GptTask, GptTrainer, Outcome
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.parallel import on_devices
from tts.gpt_sovits.training.recovery import Effort, recovered
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip, Remark, tell_dropped
from tts.gpt_sovits.training.watching import Watcher

FEWEST_BATCHES = 4
"""In an epoch; a batch is smaller rather than that there are fewer."""


def train_gpt(paths: GptPaths, options: GptOptions, watcher: Watcher) -> GptReport:
    """Train to the last epoch, from the last checkpoint if there is one.

    Raises TrainingRefused with a sentence, OSError, and whatever the watcher raises to end it.
    """
    task, found, dropped = _prepared(paths, options)
    tell_dropped(dropped, watcher)
    remarks: tuple[Remark, ...] = ()

    def attempt(effort: Effort) -> Outcome:
        nonlocal remarks
        remarks = effort.remarks
        return on_devices(options.devices, partial(_train, task, effort), watcher)[0]

    outcome = recovered(attempt, Effort(task.batch_size), watcher)
    return _report(outcome, paths, options, found, dropped, remarks)


def batch_size_for(item_count: int, options: GptOptions) -> int:
    """What is asked for, as far as there are enough sentences."""
    asked = options.batch_size // 2 if options.has_preference else options.batch_size
    return max(min(asked, item_count // (FEWEST_BATCHES * len(options.devices))), 1)


def _train(task: GptTask, effort: Effort, member: Member, watcher: Watcher) -> Outcome:
    return GptTrainer(task, effort, member, watcher).run()


def _prepared(paths: GptPaths, options: GptOptions) -> tuple[GptTask, list[GptClip], list[DroppedClip]]:
    config = base_checkpoint(paths.base).config
    clips, dropped = find_clips(paths.experiment, config.max_seconds, config.eos)
    clips, damaged = with_sound_bert(clips, config.bert_dim)
    dropped += damaged
    if not clips:
        raise _nothing_to_learn(dropped)
    items = repeated(clips)
    size = batch_size_for(len(items), options)
    origin = origin_of(paths.base, clips, options, size)
    return GptTask(config, tuple(items), size, options, paths, origin), clips, dropped


def _report(
    outcome: Outcome,
    paths: GptPaths,
    options: GptOptions,
    clips: Sequence[GptClip],
    dropped: Sequence[DroppedClip],
    remarks: tuple[Remark, ...],
) -> GptReport:
    exports = [_path(paths, options, epoch) for epoch in _exported(outcome, options)]
    return GptReport(
        exports=tuple(path for path in exports if path.exists()),
        epochs=outcome.epochs,
        updates=outcome.updates,
        loss=outcome.taught.loss if outcome.taught.counted else None,
        accuracy=outcome.taught.accuracy if outcome.taught.spoken else None,
        clip_count=len(clips),
        dropped=tuple(dropped),
        remarks=remarks,
    )


def _nothing_to_learn(dropped: Sequence[DroppedClip]) -> TrainingRefused:
    if not dropped:
        return TrainingRefused(
            "There are no clips to learn from; prepare recordings and their texts first.",
            "没有可供训练的片段，请先准备录音和文本。",
        )
    first = dropped[0]
    return TrainingRefused(
        f"None of the {len(dropped)} clips can be learnt from. The first, {first.name}: {first.english}",
        f"{len(dropped)} 个片段都无法用于训练。第一个 {first.name}：{first.chinese}",
    )


def _exported(outcome: Outcome, options: GptOptions) -> list[int]:
    regular = range(options.export_epochs, outcome.epochs, options.export_epochs)
    return [*regular, outcome.epochs]


def _path(paths: GptPaths, options: GptOptions, epoch: int) -> Path:
    return export_path(paths.exports, options.name, epoch)
