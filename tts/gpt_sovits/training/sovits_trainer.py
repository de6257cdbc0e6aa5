"""One process's part of a training of the acoustic model: epochs, checkpoints, exports."""

import time
from contextlib import closing
from dataclasses import replace

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from tts.gpt_sovits.training.member import Member
from tts.gpt_sovits.training.pace import Pace
from tts.gpt_sovits.training.recovery import Effort, NotFinite
from tts.gpt_sovits.training.run_folder import RunFolder
from tts.gpt_sovits.training.sovits_base import BaseGenerator, base_discriminators, base_generator, read_base
from tts.gpt_sovits.training.sovits_export import export_path, export_sovits
from tts.gpt_sovits.training.sovits_generator import Batch, Chances
from tts.gpt_sovits.training.sovits_options import SovitsOptions
from tts.gpt_sovits.training.sovits_reading import read_ahead
from tts.gpt_sovits.training.sovits_sampler import Devices, batches_of
from tts.gpt_sovits.training.sovits_state import Place, SovitsOutcome, SovitsTask, place_of, saved
from tts.gpt_sovits.training.sovits_step import Rates, SovitsStep, StepResult
from tts.gpt_sovits.training.watching import Watcher

STEPS_A_POINT = 10
"""Of the curves: reading a loss back from a GPU makes that wait."""


class SovitsTrainer:
    """Reads the base models, or goes on from the last checkpoint. effort.at_once: clips of a batch."""

    def __init__(self, task: SovitsTask, effort: Effort, member: Member, watcher: Watcher):
        self._task, self._member, self._watcher = task, member, watcher
        self._order = {"batch_size": effort.at_once, "devices": member.team_size}
        self._checkpoints = RunFolder(task.paths.run, watcher.log)
        checkpoint = self._checkpoints.load()
        self._place = Place() if checkpoint is None else place_of(checkpoint.content, task, self._order)
        if effort.rate is not None:
            self._place = replace(self._place, rate=effort.rate)
        self._step = self._built()
        if checkpoint is not None:
            self._step.load(checkpoint.content["state"])
        self._tell_start(is_new=checkpoint is None)
        self._saved_s, self._pace = time.monotonic(), Pace()

    def run(self) -> SovitsOutcome:
        """Train to the last epoch; raises NotFinite, what torch raises without memory, and what the watcher does."""
        losses: dict[str, float] = {}
        while self._place.epoch < self._task.options.epochs:
            losses = self._learn_epoch()
            self._end_epoch()
        if not (self._place.exports and (self._task.paths.exports / self._place.exports[-1]).exists()):
            self._export()
            self._tell_export()
        return SovitsOutcome(self._place, losses)

    def _built(self) -> SovitsStep:
        options, paths = self._task.options, self._task.paths
        device = torch.device(self._member.device)
        if device.type == "cuda":
            torch.set_float32_matmul_precision("high")  # as upstream: what is not in float16 is in TF32
        torch.manual_seed(options.seed)  # what is new, and not read from a file, is the same in all processes
        base = read_base(paths.generator)
        self._tell_what_begins_anew(base)
        generator = base_generator(base, paths.generator, options.segment_frames)
        judges = base_discriminators(paths.discriminators, base.config, options.judges_narrowing)
        return SovitsStep(
            generator.to(device).train(),
            judges.to(device).train(),
            Rates(options.rate, options.text_rate),
            is_mixed=is_mixed(options, device) and self._place.rate == 1,
            wrap=in_step if self._member.team_size > 1 else lambda network: network,
            beginning=options.beginning,
        )

    def _tell_what_begins_anew(self, base: BaseGenerator) -> None:
        paths = self._task.paths
        if not base.has_posterior:
            name = paths.generator.name
            self._watcher.log(
                f"{name} was exported for speaking and lacks the posterior encoder: that begins anew.",
                "warning",
                f"{name} 是合成用的导出模型，不含后验编码器，该部分将从头训练。",
            )
        if paths.discriminators is None:
            self._watcher.log(
                "There are no base discriminators (s2D): they begin anew.",
                "warning",
                "没有判别器底模（s2D），判别器将从头训练。",
            )

    def _tell_start(self, is_new: bool) -> None:
        epoch, batch = self._place.epoch + 1, self._place.batch + 1
        if is_new:
            self._watcher.log("The SoVITS training starts from the base model.", chinese="SoVITS 从底模开始训练。")
            return
        self._watcher.log(
            f"The SoVITS training goes on from epoch {epoch}, batch {batch}.",
            chinese=f"SoVITS 从第 {epoch} 轮第 {batch} 批继续训练。",
        )

    def _learn_epoch(self) -> dict[str, float]:
        task, member, epoch = self._task, self._member, self._place.epoch + 1
        rate = self._step.rates.at(epoch) * self._place.rate
        self._step.set_rate(rate)
        lengths = [clip.frames for clip in task.clips]
        batches = batches_of(lengths, self._order["batch_size"], epoch, Devices(member.team_size, member.rank))
        values: dict[str, float] = {}
        with closing(read_ahead(task.clips, batches[self._place.batch :], task.config)) as coming:
            for batch in coming:
                self._watcher.check()
                result = self._learn(batch)
                if (self._place.steps - 1) % STEPS_A_POINT == 0 or self._place.batch == len(batches):
                    values = result.values()
                    self._watcher.point(self._place.steps, lr=rate, **values)
                self._tell_progress(len(batches))
                self._save_in_time()
        return values

    def _learn(self, batch: Batch) -> StepResult:
        # Chance and dropout are seeded for each step, so that a run that is resumed meets the same.
        place, count = self._place, len(batch.frame_counts)
        torch.manual_seed((self._task.options.seed * 1_000_003 + place.steps) * 1024 + self._member.rank)
        noise = torch.randn(count, self._task.config.inter_channels, batch.spectrograms.shape[2])
        chances = Chances(noise.to(self._step.device), torch.rand(count).to(self._step.device))
        try:
            result = self._step(batch.to(self._step.device), chances, place.steps)
        except NotFinite as error:
            raise NotFinite(place.rate) from error
        self._place = replace(place, batch=place.batch + 1, steps=place.steps + 1)
        return result

    def _tell_progress(self, batch_count: int) -> None:
        self._pace.step()
        done = self._place.epoch * batch_count + self._place.batch
        whole = self._task.options.epochs * batch_count
        self._watcher.progress(done / whole, self._pace.rest_s(whole - done))

    def _end_epoch(self) -> None:
        """The export comes first, so that no checkpoint is ever ahead of one that is missing."""
        options = self._task.options
        self._place = replace(self._place, epoch=self._place.epoch + 1, batch=0)
        epoch, is_last = self._place.epoch, self._place.epoch == options.epochs
        has_export = is_last or epoch % options.export_epochs == 0
        if has_export:
            self._export()
        if is_last or epoch % options.save_epochs == 0:
            self._save()
        if has_export:
            self._tell_export()

    def _export(self) -> None:
        place, task = self._place, self._task
        path = export_path(task.paths.exports, task.options.name, place.epoch, place.steps)
        if not self._member.rank:
            state = self._step.generator.state_dict()
            export_sovits(path, state, task.config, task.options, place.epoch, place.steps)
            self._watcher.log(f"Written: {path.name}", chinese=f"已写入：{path.name}")
        others = tuple(name for name in place.exports if name != path.name)
        self._place = replace(place, exports=(*others, path.name))
        self._pace.skip()

    def _tell_export(self) -> None:
        """After the checkpoint, because whoever is told may take his time."""
        if not self._member.rank:
            self._watcher.exported(self._task.paths.exports / self._place.exports[-1])
        self._pace.skip()

    def _save_in_time(self) -> None:
        if (time.monotonic() - self._saved_s) / 60 >= self._task.options.save_minutes:
            self._save()

    def _save(self) -> None:
        if not self._member.rank:
            content = saved(self._step.state(), self._place, self._task, self._order)
            self._checkpoints.save(self._place.steps, content)
        self._saved_s = time.monotonic()
        self._pace.skip()


def is_mixed(options: SovitsOptions, device: torch.device) -> bool:
    """Whether to compute in float16 where that is safe."""
    return options.precision == "float16" or (options.precision == "auto" and device.type == "cuda")


def in_step(network: nn.Module) -> nn.Module:
    """Gradients become the mean of those of all processes."""
    # The codebook's statistics never change; sending them about would only cost time.
    return DistributedDataParallel(network, broadcast_buffers=False)
