"""A training whose process is killed, wherever that is, goes on as if it had not been."""

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.support.gpt_features import Watch, write_features
from tests.support.gpt_training import KILLED_OPTIONS, train_and_write
from tts.gpt_sovits.random_weights import write_semantic
from tts.gpt_sovits.training.gpt_options import GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Another number of threads rounds otherwise."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def paths(tmp_path: Path) -> GptPaths:
    write_features(tmp_path / "experiment")
    write_semantic(tmp_path / "base.ckpt", "tiny", seed=1)
    return GptPaths(tmp_path / "experiment", tmp_path / "base.ckpt", tmp_path / "run", tmp_path / "weights")


def killed(paths: GptPaths, told: Path, lines: int, later_s: float) -> list[float]:
    """Start a process that trains, and kill it a while after it has told so many losses; those that it has told."""
    process = multiprocessing.get_context("spawn").Process(target=train_and_write, args=(paths, told))
    process.start()
    try:
        deadline_s = time.monotonic() + 120
        while process.is_alive() and time.monotonic() < deadline_s:
            if told.exists() and told.read_text("ascii").count("\n") >= lines:
                break
            time.sleep(0.001)
        time.sleep(later_s)
    finally:
        process.kill()
        process.join()
    return list(map(float, told.read_text("ascii").split("\n")[:-1]))


@pytest.mark.long
def test_killed_again_and_again(paths: GptPaths, tmp_path: Path):
    """Among others while checkpoints are written, which is after every other step."""
    straight = Watch()
    whole = GptPaths(paths.experiment, paths.base, tmp_path / "whole", tmp_path / "whole")
    train_gpt(whole, KILLED_OPTIONS, straight)
    lasting = 0
    for number, later_s in enumerate((0.0, 0.004, 0.02, 0.05)):
        losses = killed(paths, tmp_path / f"told{number}", 5, later_s)
        starts = [start for start in range(len(straight.losses)) if straight.losses[start:][: len(losses)] == losses]
        assert starts
        assert starts[0] >= lasting
        lasting = starts[0]
    assert lasting > 0
    after = Watch()
    train_gpt(paths, KILLED_OPTIONS, after)
    assert after.losses == straight.losses[-len(after.losses) :]
    assert (paths.exports / "voice-e8.ckpt").exists()
