"""Two processes teach one model: the same whoever asks, and nothing is left when one of them fails."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.support.gpt_features import Ended, Watch, write_features
from tests.support.gpt_training import PAIR, derive_in_pair, sentence, stored, stored_model
from tts.gpt_sovits.random_weights import write_semantic
from tts.gpt_sovits.training.gpt_batch import together
from tts.gpt_sovits.training.gpt_losses import loss_of
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.refused import TrainingRefused

pytestmark = pytest.mark.slow
OPTIONS = GptOptions("voice", epochs=1, batch_size=8, export_epochs=1, devices=("cpu", "cpu"))
STEPS = 6


class EndsBehindFive(Watch):
    def check(self) -> None:
        if len(self.points) >= 5:
            raise Ended


@pytest.fixture
def paths(tmp_path: Path) -> GptPaths:
    write_features(tmp_path / "experiment")
    write_semantic(tmp_path / "base.ckpt", "tiny", seed=1)
    return GptPaths(tmp_path / "experiment", tmp_path / "base.ckpt", tmp_path / "run", tmp_path / "weights")


@pytest.mark.parametrize("has_preference", [False, True])
def test_two_processes_teach_one_model(paths: GptPaths, has_preference: bool):
    options = replace(OPTIONS, has_preference=has_preference, batch_size=16 if has_preference else 8)
    watch = Watch()
    report = train_gpt(paths, options, watch)
    assert [path.name for path in report.exports] == ["voice-e1.ckpt"]
    assert list(watch.points) == list(range(1, STEPS + 1))
    assert watch.shares[-1] == 1
    assert report.updates == 2
    weights = torch.load(report.exports[0], weights_only=True)["weight"]
    base = torch.load(paths.base, weights_only=True)["weight"]
    assert not torch.equal(weights["model.bert_proj.weight"], base["model.bert_proj.weight"])
    assert multiprocessing.active_children() == []


@pytest.mark.long
def test_processes_agree_on_the_mean_of_their_gradients(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    meeting = (tmp_path / "meeting").as_uri()
    pair = [context.Process(target=derive_in_pair, args=(rank, meeting, tmp_path)) for rank in range(2)]
    for process in pair:
        process.start()
    for process in pair:
        process.join(60)
        assert process.exitcode == 0
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in range(2))
    told, given = stored("s1_b3_ragged")
    model = stored_model(told, False)
    for row in (row for batches in PAIR for batch in batches for row in batch):
        loss_of(model, together([sentence(given, row)], 1024), 1024, False).total.backward()
    for name, parameter in model.named_parameters():
        assert torch.equal(first[name], second[name])
        assert parameter.grad is not None
        torch.testing.assert_close(first[name], parameter.grad / 2, rtol=1e-3, atol=1e-4)


@pytest.mark.long
def test_a_run_that_was_cut_off_goes_on(paths: GptPaths, tmp_path: Path):
    straight, watch = Watch(), EndsBehindFive()
    whole = replace(paths, run=tmp_path / "whole", exports=tmp_path / "whole")
    options = replace(OPTIONS, save_minutes=0.0)
    train_gpt(whole, options, straight)
    with pytest.raises(Ended):
        train_gpt(paths, options, watch)
    assert multiprocessing.active_children() == []
    assert watch.losses == straight.losses[: len(watch.points)]
    after = Watch()
    train_gpt(paths, options, after)
    assert 0 < len(after.losses) < STEPS
    assert after.losses == straight.losses[-len(after.losses) :]


@pytest.mark.long
def test_what_one_process_says_is_passed_on(paths: GptPaths, tmp_path: Path):
    train_gpt(paths, OPTIONS, Watch())
    write_semantic(tmp_path / "other.ckpt", "tiny", seed=2)
    with pytest.raises(TrainingRefused, match="another training") as refused:
        train_gpt(replace(paths, base=tmp_path / "other.ckpt"), OPTIONS, Watch())
    assert "另一次训练" in refused.value.chinese
    assert multiprocessing.active_children() == []


@pytest.mark.long
def test_numbers_that_are_none_in_one_process_end_the_others(paths: GptPaths, tmp_path: Path):
    content = torch.load(paths.base, weights_only=True)
    content["weight"]["model.h.layers.0.linear1.weight"][0, 0] = float("nan")
    torch.save(content, tmp_path / "damaged.ckpt")
    watch = Watch()
    with pytest.raises(TrainingRefused, match="diverges"):
        train_gpt(replace(paths, base=tmp_path / "damaged.ckpt"), OPTIONS, watch)
    assert sum("half the learning rate" in line for line in watch.lines) == 3
    assert multiprocessing.active_children() == []
