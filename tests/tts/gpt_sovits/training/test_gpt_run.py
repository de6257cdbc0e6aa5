"""A training of the semantic model from the files of features to the exported weights, and what may come in between."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.gpt_features import Ended, Watch, write_features
from tts.gpt_sovits.random_weights import write_semantic
from tts.gpt_sovits.training import gpt_learner, gpt_trainer
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths, GptReport
from tts.gpt_sovits.training.gpt_run import batch_size_for, train_gpt
from tts.gpt_sovits.training.recovery import NotFinite
from tts.gpt_sovits.training.refused import TrainingRefused

OPTIONS = GptOptions("voice", epochs=2, batch_size=16, export_epochs=1, save_epochs=1)
STEPS = 12
"""12 clips are heard 8 times in an epoch, in 6 batches; parameters change behind the fourth and the last."""

Train = Callable[..., tuple[GptReport, Watch]]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Another number of threads rounds otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, one_thread: None) -> GptPaths:
    """Features and a base model; nothing else is written there."""
    folder = tmp_path_factory.mktemp("given")
    write_features(folder / "experiment")
    write_semantic(folder / "base.ckpt", "tiny", seed=1)
    return GptPaths(folder / "experiment", folder / "base.ckpt", folder / "none", folder / "none")


@pytest.fixture
def paths(given: GptPaths, tmp_path: Path) -> GptPaths:
    return replace(given, run=tmp_path / "run", exports=tmp_path / "weights")


def trained(paths: GptPaths, options: GptOptions = OPTIONS, watch: Watch | None = None) -> tuple[GptReport, Watch]:
    watch = watch or Watch()
    return train_gpt(paths, options, watch), watch


@pytest.fixture(scope="module")
def uninterrupted(given: GptPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[GptReport, Watch]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    return trained(replace(given, run=folder / "run", exports=folder / "weights"))


@pytest.fixture(scope="module")
def as_upstream(given: GptPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[GptReport, Watch]:
    folder = tmp_path_factory.mktemp("as_upstream")
    options = replace(OPTIONS, is_as_upstream=True)
    return trained(replace(given, run=folder / "run", exports=folder / "weights"), options)


def weights(path: Path) -> dict[str, Any]:
    return torch.load(path, weights_only=True)["weight"]


def test_a_training_tells_how_it_goes(uninterrupted: tuple[GptReport, Watch]):
    report, watch = uninterrupted
    assert [path.name for path in report.exports] == ["voice-e1.ckpt", "voice-e2.ckpt"]
    assert (report.clip_count, report.epochs, report.dropped, report.remarks) == (12, 2, (), ())
    assert report.updates == 4
    assert report.loss == pytest.approx(sum(watch.losses[6:]) / 6, rel=0.1)
    assert sum(line.startswith("info: GPT, epoch ") for line in watch.lines) == 2
    assert list(watch.points) == list(range(1, STEPS + 1))
    assert watch.points[1].keys() == {"loss", "accuracy", "lr"}
    assert watch.shares == sorted(watch.shares)
    assert watch.shares[-1] == 1
    assert watch.etas_s[0] is None
    assert watch.etas_s[-1] == 0


@pytest.mark.parametrize("is_as_upstream", [False, True])
@pytest.mark.parametrize("ends_at", [3, 6, 10])
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(
    paths: GptPaths,
    uninterrupted: tuple[GptReport, Watch],
    as_upstream: tuple[GptReport, Watch],
    ends_at: int,
    is_as_upstream: bool,
):
    """With a checkpoint at every change of parameters; upstream's way leaves gradients for the next epoch."""
    options = replace(OPTIONS, save_minutes=0.0, is_as_upstream=is_as_upstream)
    report, straight = as_upstream if is_as_upstream else uninterrupted
    watch = Watch(ends_at=ends_at)
    with pytest.raises(Ended):
        trained(paths, options, watch)
    assert len(watch.points) == ends_at - 1  # within one step
    resumed, after = trained(paths, options)
    assert watch.losses + after.losses[-(STEPS - len(watch.points)) :] == straight.losses
    assert straight.losses[-len(after.losses) :] == after.losses
    if ends_at > 3:
        assert any("goes on from epoch" in line for line in after.lines)
        assert len(after.points) < STEPS
    for ours, expected in zip(resumed.exports, report.exports, strict=True):
        assert all(torch.equal(tensor, weights(expected)[name]) for name, tensor in weights(ours).items())


class EndsAtAnEpoch(Watch):
    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        super().log(line, level, chinese)
        if line.startswith("GPT, epoch 1 of"):
            raise Ended


def test_a_run_that_was_cut_off_between_two_epochs(paths: GptPaths, uninterrupted: tuple[GptReport, Watch]):
    options = replace(OPTIONS, save_minutes=0.0)
    with pytest.raises(Ended):
        trained(paths, options, EndsAtAnEpoch())
    report, watch = trained(paths, options)
    assert watch.losses == uninterrupted[1].losses[4:]
    assert [path.name for path in report.exports] == ["voice-e1.ckpt", "voice-e2.ckpt"]


def test_what_is_finished_is_not_done_again(paths: GptPaths):
    report, _ = trained(paths)
    report.exports[-1].unlink()
    again, watch = trained(paths)
    assert watch.points == {}
    assert again.exports == report.exports
    assert (again.loss, again.accuracy) == (None, None)
    more, watch = trained(paths, replace(OPTIONS, epochs=3))
    assert list(watch.points) == list(range(STEPS + 1, STEPS + STEPS // 2 + 1))
    assert more.exports[-1].name == "voice-e3.ckpt"


def test_checkpoints_of_another_training_are_refused(paths: GptPaths, tmp_path: Path):
    trained(paths)
    write_semantic(tmp_path / "other.ckpt", "tiny", seed=2)
    with pytest.raises(TrainingRefused, match="another training") as refused:
        trained(replace(paths, base=tmp_path / "other.ckpt"))
    assert "另一次训练" in refused.value.chinese


def test_other_batches_begin_the_epoch_again(paths: GptPaths):
    options = replace(OPTIONS, save_minutes=0.0)
    with pytest.raises(Ended):
        trained(paths, options, Watch(ends_at=12))
    _, watch = trained(paths, replace(options, batch_size=12))
    assert any("epoch 2, batch 1" in line for line in watch.lines) or any(
        "epoch 1, batch 1" in line for line in watch.lines
    )


def failing(monkeypatch: pytest.MonkeyPatch, error: Callable[[list[Any]], BaseException | None]) -> None:
    """Let batches fail for which `error`, given their parts, answers with one."""
    derive = gpt_learner.Learner.derive

    def derive_or_fail(self: Any, parts: list[Any], seed: int, is_last: bool) -> Any:
        if found := error(parts):
            raise found
        return derive(self, parts, seed, is_last)

    monkeypatch.setattr(gpt_trainer.Learner, "derive", derive_or_fail)


def test_without_memory_a_batch_goes_in_parts_and_teaches_the_same(paths: GptPaths, monkeypatch: pytest.MonkeyPatch):
    no_dropout(monkeypatch)
    _, straight = trained(replace(paths, run=paths.run / "whole", exports=paths.exports / "whole"))
    failing(monkeypatch, lambda parts: torch.OutOfMemoryError("x") if len(parts[0].phones) > 6 else None)
    report, watch = trained(paths)
    told = [line.removeprefix("warning: ") for line in watch.lines if "memory" in line]
    assert [remark.english for remark in report.remarks] == told
    assert ["16" in report.remarks[0].english, "with 4." in report.remarks[1].english] == [True, True]
    assert watch.losses == pytest.approx(straight.losses, rel=1e-4)


def no_dropout(monkeypatch: pytest.MonkeyPatch) -> None:
    train = torch.nn.Module.train
    monkeypatch.setattr(gpt_learner.TextToSemantic, "train", lambda self: train(self, False))


def test_no_more_than_three_times(paths: GptPaths, monkeypatch: pytest.MonkeyPatch):
    tried: list[int] = []

    def never(parts: list[Any]) -> BaseException:
        tried.append(len(parts[0].phones))
        return RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    failing(monkeypatch, never)
    with pytest.raises(TrainingRefused, match="memory does not suffice even for 2"):
        trained(paths)
    assert tried == [16, 8, 4, 2]


def test_numbers_that_are_none_go_back_to_the_checkpoint_at_half_the_rate(
    paths: GptPaths, monkeypatch: pytest.MonkeyPatch
):
    failures = iter([True])
    watch = Watch()

    def once(parts: list[Any]) -> BaseException | None:
        return NotFinite(1.0) if len(watch.points) == 7 and next(failures, False) else None

    failing(monkeypatch, once)
    report, _ = trained(paths, watch=watch)
    assert [remark.chinese for remark in report.remarks] == ["损失出现非数值，已从最近的存档以一半学习率继续。"]
    assert [watch.points[step]["lr"] for step in (6, 7, 12)] == [0.002, 0.001, 0.001]
    assert any("goes on from epoch 2, batch 1" in line for line in watch.lines)


def test_a_base_model_that_is_damaged_ends_the_training(paths: GptPaths, tmp_path: Path):
    content = torch.load(paths.base, weights_only=True)
    content["weight"]["model.h.layers.0.linear1.weight"][0, 0] = float("nan")
    torch.save(content, tmp_path / "damaged.ckpt")
    with pytest.raises(TrainingRefused, match="diverges"):
        trained(replace(paths, base=tmp_path / "damaged.ckpt"))
    assert not paths.exports.exists()


def test_the_loss_falls(paths: GptPaths):
    report, watch = trained(paths, replace(OPTIONS, epochs=6, export_epochs=8, save_epochs=8))
    assert sum(watch.losses[-6:]) < 0.95 * sum(watch.losses[:6])
    assert [path.name for path in report.exports] == ["voice-e6.ckpt"]


@pytest.mark.slow
def test_it_learns_the_rule(paths: GptPaths):
    """Which tokens a phone has; random weights know it of three in a thousand."""
    report, watch = trained(paths, replace(OPTIONS, epochs=50, export_epochs=50, save_epochs=50))
    assert watch.points[1]["accuracy"] < 0.02
    assert report.accuracy
    assert report.accuracy > 0.5


def test_preference_costs_half_the_batch(paths: GptPaths):
    assert batch_size_for(96, OPTIONS) == 16
    assert batch_size_for(96, replace(OPTIONS, has_preference=True)) == 8
    assert batch_size_for(3, OPTIONS) == 1
    report, watch = trained(paths, replace(OPTIONS, epochs=1, has_preference=True))
    assert len(watch.points) == 96 // 8
    assert report.loss


def test_a_full_disk_leaves_the_last_checkpoint(paths: GptPaths, monkeypatch: pytest.MonkeyPatch):
    trained(paths, replace(OPTIONS, epochs=1))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(gpt_trainer, "export_gpt", full)
        with pytest.raises(OSError, match="No space"):
            trained(paths)
    _, watch = trained(paths)
    assert any("goes on from epoch 2, batch 1" in line for line in watch.lines)
