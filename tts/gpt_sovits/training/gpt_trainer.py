"""One process's part of a training of the semantic model: epochs, checkpoints, exports."""

import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.training.gpt_base import base_model
from tts.gpt_sovits.training.gpt_batch import GptBatch
from tts.gpt_sovits.training.gpt_clips import GptClip
from tts.gpt_sovits.training.gpt_export import export_gpt, export_path
from tts.gpt_sovits.training.gpt_learner import Learner, Taught
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_reading import read_ahead
from tts.gpt_sovits.training.gpt_sampler import epoch_batches
from tts.gpt_sovits.training.gpt_schedule import is_update, learning_rate
from tts.gpt_sovits.training.gpt_state import Origin, Place, restored, saved
from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.pace import Pace
from tts.gpt_sovits.training.recovery import Effort, NotFinite
from tts.gpt_sovits.training.run_folder import RunFolder
from tts.gpt_sovits.training.watching import Watcher


@dataclass(frozen=True)
class GptTask:
    """clips: those of an epoch, repetitions included. batch_size: sentences on each device."""

    config: SemanticConfig
    clips: tuple[GptClip, ...]
    batch_size: int
    options: GptOptions
    paths: GptPaths
    origin: Origin


@dataclass(frozen=True)
class Outcome:
    """taught: by the last epoch, as far as this attempt has seen it."""

    epochs: int
    updates: int
    taught: Taught


class GptTrainer:
    """Reads the base model, or goes on from the last checkpoint."""

    def __init__(self, task: GptTask, effort: Effort, member: Member, watcher: Watcher):
        self._task = task
        self._at_once = effort.at_once
        self._member = member
        self._watcher = watcher
        self._learner = Learner(base_model(task.paths.base, task.options.is_as_upstream), task.options, member)
        self._checkpoints = RunFolder(task.paths.run, watcher.log)
        self._place = self._resumed()
        if effort.rate is not None:
            self._place = replace(self._place, rate=effort.rate)
        self._saved_s = time.monotonic()
        self._pace = Pace()

    def run(self) -> Outcome:
        """Train to the last epoch; raises NotFinite, what torch raises without memory, and what the watcher does."""
        taught = Taught()
        while self._place.epoch < self._task.options.epochs:
            taught = self._learn_epoch()
            self._end_epoch(taught)
        if not self._export_path().exists():
            self._export()
            self._tell_export()
        return Outcome(self._place.epoch, self._place.updates, taught)

    def _resumed(self) -> Place:
        checkpoint = self._checkpoints.load()
        if checkpoint is None:
            self._watcher.log("The GPT training starts from the base model.", chinese="GPT 从底模开始训练。")
            return Place()
        learner, task = self._learner, self._task
        state = (learner.model, learner.optimiser, learner.scaler, task.origin, task.paths.run)
        place = restored(checkpoint.content, *state)
        epoch, batch = place.epoch + 1, place.batch + 1
        self._watcher.log(
            f"The GPT training goes on from epoch {epoch}, batch {batch}.",
            chinese=f"GPT 从第 {epoch} 轮第 {batch} 批继续训练。",
        )
        return place

    def _learn_epoch(self) -> Taught:
        task, member = self._task, self._member
        counts = [len(clip.tokens) for clip in task.clips]
        is_as_upstream = task.options.is_as_upstream
        batches = epoch_batches(
            counts, task.batch_size, self._place.epoch, is_as_upstream, member.rank, member.team_size
        )
        taught = Taught()
        waiting = batches[self._place.batch :]
        with closing(read_ahead(task.clips, waiting, task.config, self._at_once)) as coming:
            for parts in coming:
                self._watcher.check()
                taught += self._learn(parts, len(batches))
        return taught

    def _learn(self, parts: list[GptBatch], batch_count: int) -> Taught:
        """One batch."""
        place, options = self._place, self._task.options
        changes = is_update(place.batch, batch_count, options.is_as_upstream, options.update_batches)
        rate = place.rate * learning_rate(place.updates, options.is_as_upstream, options.rate)
        try:
            taught = self._learner.derive(parts, self._seed(), changes)
            is_updated = changes and self._learner.update(rate)
        except NotFinite as error:
            raise NotFinite(place.rate) from error
        self._place = replace(
            place, batch=place.batch + 1, steps=place.steps + 1, updates=place.updates + int(is_updated)
        )
        self._watcher.point(self._place.steps, loss=taught.loss, accuracy=taught.accuracy, lr=rate)
        self._tell_progress(batch_count)
        if is_updated and self._place.batch < batch_count and self._is_time_to_save():
            self._save()
        return taught

    def _seed(self) -> int:
        """Another one for each step of each process."""
        return (self._task.options.seed * 1_000_003 + self._place.steps) * 1024 + self._member.rank

    def _tell_progress(self, batch_count: int) -> None:
        self._pace.step()
        done = self._place.epoch * batch_count + self._place.batch
        whole = self._task.options.epochs * batch_count
        self._watcher.progress(done / whole, self._pace.rest_s(whole - done))

    def _end_epoch(self, taught: Taught) -> None:
        """The export comes first, so that no checkpoint is ever ahead of one that is missing."""
        self._require_finite()
        options = self._task.options
        self._place = replace(self._place, epoch=self._place.epoch + 1, batch=0)
        epoch, is_last = self._place.epoch, self._place.epoch == options.epochs
        self._tell_epoch(taught)
        has_export = is_last or epoch % options.export_epochs == 0
        if has_export:
            self._export()
        if is_last or epoch % options.save_epochs == 0 or self._is_time_to_save():
            self._save()
        if has_export:
            self._tell_export()

    def _tell_epoch(self, taught: Taught) -> None:
        epoch, epochs = self._place.epoch, self._task.options.epochs
        loss, share = f"{taught.loss:.3f}", f"{taught.accuracy:.0%}"
        self._watcher.log(
            f"GPT, epoch {epoch} of {epochs}: loss {loss}, {share} of the tokens among the three likeliest.",
            chinese=f"GPT 第 {epoch} 轮（共 {epochs} 轮）：损失 {loss}，{share} 的 token 在概率最高的三个之内。",
        )

    def _export(self) -> None:
        if self._member.rank:
            return
        path = self._export_path()
        export_gpt(path, self._learner.model.state_dict(), self._task.config, self._task.options, self._place.epoch)
        self._watcher.log(f"Written: {path.name}", chinese=f"已写入：{path.name}")
        self._pace.skip()

    def _tell_export(self) -> None:
        """After the checkpoint, because whoever is told may take his time."""
        if not self._member.rank:
            self._watcher.exported(self._export_path())
        self._pace.skip()

    def _export_path(self) -> Path:
        return export_path(self._task.paths.exports, self._task.options.name, self._place.epoch)

    def _is_time_to_save(self) -> bool:
        return (time.monotonic() - self._saved_s) / 60 >= self._task.options.save_minutes

    def _require_finite(self) -> None:
        if not self._learner.is_finite():
            raise NotFinite(self._place.rate)

    def _save(self) -> None:
        self._require_finite()
        if not self._member.rank:
            learner = self._learner
            content = saved(learner.model, learner.optimiser, learner.scaler, self._place, self._task.origin)
            self._checkpoints.save(self._place.steps, content)
        self._saved_s = time.monotonic()
        self._pace.skip()
