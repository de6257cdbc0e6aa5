"""A training of the acoustic model from the files of features to the exported weights, and what may come in between."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.support.gpt_features import Ended, Watch
from tests.support.sovits_features import CLIPS, OPTIONS, given_paths, sum_after_two_steps, write_base
from tts.gpt_sovits.training import sovits_run, sovits_trainer
from tts.gpt_sovits.training.parallel import on_devices
from tts.gpt_sovits.training.recovery import NotFinite
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_generator import Batch, Chances
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths, SovitsReport
from tts.gpt_sovits.training.sovits_run import train_sovits
from tts.gpt_sovits.training.sovits_step import SovitsStep, StepResult

STEPS_AN_EPOCH = 3
"""Five clips, each once, in twos; one is heard twice, so that no batch is smaller."""
STEPS = 2 * STEPS_AN_EPOCH


@pytest.fixture(autouse=True, scope="module")
def _few_steps(on_one_thread: None) -> Iterator[None]:
    """An epoch has each clip once, and the curves every step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sovits_run, "repeated", list)
        patch.setattr(sovits_trainer, "STEPS_A_POINT", 1)
        yield


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> SovitsPaths:
    return given_paths(tmp_path_factory.mktemp("given"))


@pytest.fixture
def paths(given: SovitsPaths, tmp_path: Path) -> SovitsPaths:
    return replace(given, run=tmp_path / "run", exports=tmp_path / "weights")


def trained(
    paths: SovitsPaths, options: SovitsOptions = OPTIONS, watch: Watch | None = None
) -> tuple[SovitsReport, Watch]:
    watch = watch or Watch()
    return train_sovits(paths, options, watch), watch


@pytest.fixture(scope="module")
def uninterrupted(given: SovitsPaths, tmp_path_factory: pytest.TempPathFactory) -> tuple[SovitsReport, Watch]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    return trained(replace(given, run=folder / "run", exports=folder / "weights"))


def weights(path: Path) -> dict[str, Any]:
    data = bytearray(path.read_bytes())
    data[:2] = b"PK"
    unmarked = path.with_suffix(".unmarked")
    unmarked.write_bytes(data)
    return torch.load(unmarked, weights_only=True)["weight"]


def test_a_training_tells_how_it_goes(uninterrupted: tuple[SovitsReport, Watch]):
    report, watch = uninterrupted
    assert [path.name for path in report.exports] == ["voice_e1_s3.pth", "voice_e2_s6.pth"]
    assert (report.clip_count, report.epochs, report.steps) == (CLIPS, 2, STEPS)
    assert (report.dropped, report.remarks) == ((), ())
    assert list(watch.points) == list(range(1, STEPS + 1))
    assert watch.points[1].keys() == {"loss", "disc", "gen", "fm", "mel", "kl", "grad_norm_g", "grad_norm_d", "lr"}
    assert [watch.points[step]["lr"] for step in (1, STEPS)] == pytest.approx([9.99875e-5, 9.9975e-5], rel=1e-6)
    assert report.losses["mel"] == watch.points[STEPS]["mel"]
    assert watch.shares == sorted(watch.shares)
    assert watch.shares[-1] == 1
    assert watch.etas_s[0] is None
    assert watch.etas_s[-1] == 0


@pytest.mark.parametrize(
    "ends_at", [pytest.param(2, marks=pytest.mark.slow), 4, pytest.param(6, marks=pytest.mark.slow)]
)
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(
    paths: SovitsPaths, uninterrupted: tuple[SovitsReport, Watch], ends_at: int
):
    """With a checkpoint after every step."""
    report, straight = uninterrupted
    options = replace(OPTIONS, save_minutes=0.0)
    watch = Watch(ends_at=ends_at)
    with pytest.raises(Ended):
        trained(paths, options, watch)
    assert list(watch.points) == list(range(1, ends_at))  # within one step
    resumed, after = trained(paths, options)
    assert list(after.points) == list(range(ends_at, STEPS + 1))
    assert {**watch.points, **after.points} == straight.points
    assert [path.name for path in resumed.exports] == [path.name for path in report.exports]
    for ours, expected in zip(resumed.exports, report.exports, strict=True):
        wanted = weights(expected)
        assert all(torch.equal(tensor, wanted[name]) for name, tensor in weights(ours).items())


def test_what_is_finished_is_not_done_again(paths: SovitsPaths):
    report, _ = trained(paths)
    report.exports[-1].unlink()
    again, watch = trained(paths)
    assert watch.points == {}
    assert again.exports == report.exports
    more, watch = trained(paths, replace(OPTIONS, epochs=3))
    assert list(watch.points) == [7, 8, 9]
    assert more.exports[-1].name == "voice_e3_s9.pth"


def test_the_last_epoch_is_always_exported(paths: SovitsPaths):
    report, _ = trained(paths, replace(OPTIONS, export_epochs=5, save_epochs=5))
    assert [path.name for path in report.exports] == ["voice_e2_s6.pth"]


def test_checkpoints_of_another_training_are_refused(paths: SovitsPaths, tmp_path: Path):
    trained(paths, replace(OPTIONS, epochs=1))
    write_base(tmp_path / "other.pth", "v2", seed=9)
    with pytest.raises(TrainingRefused, match="another training") as refused:
        trained(replace(paths, generator=tmp_path / "other.pth"))
    assert "另一次训练" in refused.value.chinese


def test_damaged_checkpoints_never_mean_the_base_again(paths: SovitsPaths):
    trained(paths, replace(OPTIONS, epochs=1))
    for file in paths.run.rglob("*.safetensors"):
        file.write_bytes(b"damaged")
    with pytest.raises(TrainingRefused, match="No checkpoint"):
        trained(paths)


@pytest.mark.slow
def test_other_batches_begin_the_epoch_again(paths: SovitsPaths):
    options = replace(OPTIONS, save_minutes=0.0)
    with pytest.raises(Ended):
        trained(paths, options, Watch(ends_at=6))
    _, watch = trained(paths, replace(options, batch_size=1))
    assert "info: The SoVITS training goes on from epoch 2, batch 1." in watch.lines
    assert len(watch.points) == CLIPS


Error = Callable[[Batch], BaseException | None]


def failing(monkeypatch: pytest.MonkeyPatch, error: Error) -> None:
    """Let batches fail for which `error` answers with one."""
    step = SovitsStep.__call__

    def step_or_fail(self: SovitsStep, batch: Batch, chances: Chances, steps_done: int) -> StepResult:
        if found := error(batch):
            raise found
        return step(self, batch, chances, steps_done)

    monkeypatch.setattr(SovitsStep, "__call__", step_or_fail)


def test_without_memory_the_batch_is_halved_and_that_is_told(paths: SovitsPaths, monkeypatch: pytest.MonkeyPatch):
    failing(monkeypatch, lambda batch: torch.OutOfMemoryError("x") if len(batch.phones) > 1 else None)
    report, watch = trained(paths, replace(OPTIONS, batch_size=4))
    assert len(report.remarks) == 2
    told = [line.removeprefix("warning: ") for line in watch.lines if "memory" in line]
    assert [remark.english for remark in report.remarks] == told
    assert len(watch.points) == 2 * CLIPS


@pytest.mark.slow
def test_memory_that_ends_in_the_middle_costs_no_finished_epoch(paths: SovitsPaths, monkeypatch: pytest.MonkeyPatch):
    watch = Watch()
    failures = iter([True])

    def once(batch: Batch) -> BaseException | None:
        is_due = len(watch.points) == STEPS_AN_EPOCH + 1 and next(failures, False)
        return torch.OutOfMemoryError("x") if is_due else None

    failing(monkeypatch, once)
    report, _ = trained(paths, watch=watch)
    assert "info: The SoVITS training goes on from epoch 2, batch 1." in watch.lines
    assert report.steps == STEPS_AN_EPOCH + CLIPS  # the second epoch with batches of one
    assert [path.name for path in report.exports] == ["voice_e1_s3.pth", "voice_e2_s8.pth"]


def test_no_more_than_three_times(paths: SovitsPaths, monkeypatch: pytest.MonkeyPatch):
    tried: list[int] = []

    def never(batch: Batch) -> BaseException:
        tried.append(len(batch.phones))
        return RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    failing(monkeypatch, never)
    with pytest.raises(TrainingRefused, match="memory does not suffice"):
        trained(paths, replace(OPTIONS, batch_size=16))
    assert tried == [16, 8, 4, 2]


@pytest.mark.slow
def test_numbers_that_are_none_go_back_to_the_checkpoint_at_half_the_rate(
    paths: SovitsPaths, monkeypatch: pytest.MonkeyPatch
):
    failures = iter([True])
    watch = Watch()

    def once(batch: Batch) -> BaseException | None:
        return NotFinite(1.0) if len(watch.points) == 4 and next(failures, False) else None

    failing(monkeypatch, once)
    report, _ = trained(paths, watch=watch)
    assert len(report.remarks) == 1
    assert watch.points[4]["lr"] == pytest.approx(9.9975e-5 / 2, rel=1e-6)
    assert "info: The SoVITS training goes on from epoch 2, batch 1." in watch.lines


def test_losses_that_are_no_numbers_end_the_training_without_an_export(paths: SovitsPaths, tmp_path: Path):
    content = torch.load(paths.generator, weights_only=True)
    content["weight"]["enc_q.pre.weight"][0] = float("nan")
    torch.save(content, tmp_path / "broken.pth")
    with pytest.raises(TrainingRefused, match="diverges"):
        trained(replace(paths, generator=tmp_path / "broken.pth"))
    assert not list(tmp_path.rglob("voice*.pth"))


def test_a_gpu_that_is_named_twice_is_used_once():
    assert sovits_run._distinct(("cuda:1", "cuda:0", "cuda:1")) == ("cuda:1", "cuda:0")
    assert sovits_run._distinct(("cpu", "cpu")) == ("cpu", "cpu")


def test_too_few_clips_are_refused_with_what_is_wrong_with_the_others(paths: SovitsPaths, tmp_path: Path):
    experiment = tmp_path / "experiment"
    experiment.mkdir()
    (experiment / "2-name2text.txt").write_text("a.wav\tAA1\tNone\ta\n", "utf-8")
    with pytest.raises(TrainingRefused, match=r"at least 2 clips.*a\.wav: Its sound is missing") as refused:
        trained(replace(paths, experiment=experiment))
    assert "a.wav" in refused.value.chinese


@pytest.mark.slow
def test_an_exported_voice_can_be_trained_from_and_that_is_told(paths: SovitsPaths, tmp_path: Path):
    write_base(tmp_path / "voice.pth", "v2", has_posterior=False)
    report, watch = trained(replace(paths, generator=tmp_path / "voice.pth"), replace(OPTIONS, epochs=1))
    assert any("lacks the posterior encoder" in line for line in watch.lines)
    assert report.exports


@pytest.mark.slow
def test_mixed_precision_learns_nearly_the_same(
    paths: SovitsPaths, uninterrupted: tuple[SovitsReport, Watch], monkeypatch: pytest.MonkeyPatch
):
    """As on a GPU, float16 and a scaled loss; a processor can do that as well, only slower."""
    scaler = partial(torch.amp.GradScaler, init_scale=16.0)  # pyright: ignore[reportPrivateImportUsage]
    monkeypatch.setattr(torch.amp, "GradScaler", scaler)  # the usual one is too large for random weights at first
    _, watch = trained(paths, replace(OPTIONS, precision="float16"))
    _, exact = uninterrupted
    for step in (1, STEPS):
        for name in ("mel", "gen", "disc"):
            assert watch.points[step][name] == pytest.approx(exact.points[step][name], rel=0.02), (step, name)


@pytest.mark.slow
def test_a_mixed_run_goes_on_with_its_scale(paths: SovitsPaths):
    options = replace(OPTIONS, precision="float16", save_minutes=0.0)
    _, straight = trained(replace(paths, run=paths.run / "whole", exports=paths.exports / "whole"), options)
    with pytest.raises(Ended):
        trained(paths, options, Watch(ends_at=4))
    _, after = trained(paths, options)
    assert after.points == {step: values for step, values in straight.points.items() if step >= 4}


@pytest.mark.slow
@pytest.mark.long
def test_two_processes_learn_together(paths: SovitsPaths):
    """Five clips in batches of two for each; that goes on after a break, and ends when nobody wants it any more."""
    options = replace(OPTIONS, devices=("cpu", "cpu"), epochs=1)
    report, watch = trained(paths, options)
    assert report.steps == 2
    assert list(watch.points) == [1, 2]
    more, watch = trained(paths, replace(options, epochs=2))
    assert more.steps == 4
    assert "info: The SoVITS training goes on from epoch 2, batch 1." in watch.lines
    with pytest.raises(Ended):
        trained(paths, replace(options, epochs=9), Watch(ends_at=2))


@pytest.mark.slow
def test_two_processes_come_to_the_same_weights(paths: SovitsPaths):
    first, second = on_devices(("cpu", "cpu"), partial(sum_after_two_steps, paths), Watch())
    assert first == second
    [alone] = on_devices(("cpu",), partial(sum_after_two_steps, paths), Watch())
    assert alone != first


@pytest.mark.slow
def test_two_processes_refuse_with_the_same_sentence(paths: SovitsPaths):
    trained(paths, replace(OPTIONS, epochs=1))
    for file in paths.run.rglob("*.safetensors"):
        file.write_bytes(b"damaged")
    with pytest.raises(TrainingRefused, match="No checkpoint") as refused:
        trained(paths, replace(OPTIONS, devices=("cpu", "cpu")))
    assert "存档" in refused.value.chinese
