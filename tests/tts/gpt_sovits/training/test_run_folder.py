"""Checkpoints survive damage and crashes, and no run begins anew because of them."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.run_folder import STATE, SUMS, TENSORS, RunFolder
from tts.gpt_sovits.training.tensor_tree import put_together, take_apart


def quiet(line: str, level: str, chinese: str) -> None:
    raise AssertionError(line)


def content_of(step: int) -> dict:
    return {"weight": torch.full((3, 2), float(step)), "optimiser": {"state": {0: {"step": step}}, "groups": [1.5]}}


def saved(folder: Path, *steps: int) -> RunFolder:
    run = RunFolder(folder, quiet)
    for step in steps:
        run.save(step, content_of(step))
    return run


def test_the_last_two_are_kept_and_the_newest_is_loaded(tmp_path: Path):
    run = saved(tmp_path / "run", 3, 20, 100)
    assert sorted(place.name for place in run.folder.iterdir()) == ["step-0000000020", "step-0000000100"]
    found = run.load()
    assert found
    assert found.step == 100
    assert found.content["weight"].tolist() == [[100.0, 100.0]] * 3
    assert found.content["optimiser"] == {"state": {0: {"step": 100}}, "groups": [1.5]}


def test_a_run_that_was_never_saved_has_none(tmp_path: Path):
    assert RunFolder(tmp_path / "run", quiet).load() is None


@pytest.mark.parametrize("name", [TENSORS, STATE, SUMS])
@pytest.mark.parametrize("how", ["flipped", "cut", "gone", "empty"])
def test_a_damaged_one_gives_way_to_the_older_and_that_is_told(tmp_path: Path, name: str, how: str):
    saved(tmp_path, 1, 2)
    damage(tmp_path / "step-0000000002" / name, how)
    told: list[tuple[str, str, str]] = []
    found = RunFolder(tmp_path, lambda *line: told.append(line)).load()
    assert found
    assert found.step == 1
    assert found.content["weight"][0, 0] == 1
    [(line, level, chinese)] = told
    assert "step-0000000002" in line
    assert level == "warning"
    assert chinese.startswith("存档 step-0000000002 无法使用：")


def test_without_a_sound_one_the_run_does_not_begin_anew(tmp_path: Path):
    saved(tmp_path, 1, 2)
    for place in tmp_path.iterdir():
        damage(place / TENSORS, "flipped")
    with pytest.raises(TrainingRefused, match="Delete that folder"):
        RunFolder(tmp_path, lambda *_: None).load()


def test_what_cannot_be_written_leaves_the_older_ones(tmp_path: Path):
    run = saved(tmp_path, 1)
    with pytest.raises(TypeError):
        run.save(2, {"weight": object()})
    found = run.load()
    assert found
    assert found.step == 1
    run.save(3, content_of(3))
    assert sorted(place.name for place in tmp_path.iterdir()) == ["step-0000000001", "step-0000000003"]


WRITER = """
import sys
from pathlib import Path
import torch
from tts.gpt_sovits.training.run_folder import RunFolder
run = RunFolder(Path(sys.argv[1]), print)
for step in range(1, 100_000):
    run.save(step, {"weight": torch.full((50_000,), float(step))})
    print(step, flush=True)
"""


@pytest.mark.slow
def test_a_writer_that_is_killed_at_any_moment_leaves_what_it_reported(tmp_path: Path):
    for attempt in range(5):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        reported = 0
        for _ in range(random.Random(attempt).randint(1, 20)):
            reported = int(writer.stdout.readline())
        writer.kill()
        reported = max([reported, *(int(line) for line in writer.stdout.read().split("\n")[:-1] if line)])
        writer.wait()
        found = RunFolder(tmp_path, quiet).load()
        assert found
        assert found.step in (reported, reported + 1)
        assert (found.content["weight"] == found.step).all()
        RunFolder(tmp_path, quiet).clear()


def damage(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    if how == "gone":
        file.unlink()
        return
    if how == "flipped":
        data[-3] ^= 4
    file.write_bytes(data if how == "flipped" else data[: len(data) // 2] if how == "cut" else b"")


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(torch.ones(2))
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner), max_leaves=20
)


@given(TREES)
def test_any_tree_comes_back_as_it_was(tree: object):
    tensors, plain = take_apart(tree)
    assert same(put_together(tensors, plain), tree)


def same(one: object, other: object) -> bool:
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other
