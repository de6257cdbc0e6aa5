"""Which pairs of weights are in memory: the ones used last, as their files are now, and always the main one."""

import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.loaded import LoadedWeights
from tts.gpt_sovits.loading import Weights
from tts.gpt_sovits.refusal import CheckpointRefused, Fault


class Disk:
    """Weights that are numbers, and what was read of them."""

    def __init__(self, folder: Path, names: str = "mabc"):
        self.folder = folder
        self.loads: list[str] = []
        for name in names:
            self.write(name)

    def pair(self, name: str) -> Weights:
        return Weights(self.folder / f"{name}.ckpt", self.folder / f"{name}.pth")

    def write(self, name: str, content: str = "one") -> None:
        """In the manner of those who replace a file as a whole."""
        for file in (self.pair(name).gpt, self.pair(name).sovits):
            other = file.with_suffix(".new")
            other.write_text(content)
            os.replace(other, file)

    def load(self, weights: Weights) -> Any:
        self.loads.append(weights.gpt.stem)
        try:
            content = weights.gpt.read_text()
        except FileNotFoundError:
            raise CheckpointRefused.because_of(weights.gpt, Fault("is not there", "不存在")) from None
        if content == "torn":
            raise CheckpointRefused.because_of(weights.gpt, Fault("is torn", "已损坏"))
        return object()


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def loaded(disk: Disk, most: int = 3) -> LoadedWeights:
    return LoadedWeights(disk.pair("m"), most, disk.load)


def test_what_was_used_last_stays_and_the_main_pair_always(disk: Disk):
    here = loaded(disk)
    first = {name: here.get(disk.pair(name)) for name in "mab"}
    assert here.get(disk.pair("a")) is first["a"]
    here.get(disk.pair("c"))
    assert here.find(disk.pair("b")) is None
    assert here.find(disk.pair("m")) is first["m"]
    assert here.find(disk.pair("a")) is first["a"]
    assert disk.loads == ["m", "a", "b", "c"]


def test_a_bound_of_one_holds_the_main_pair_and_the_newest(disk: Disk):
    here = loaded(disk, most=1)
    for name in "mab":
        here.get(disk.pair(name))
    assert [here.find(disk.pair(name)) is not None for name in "mab"] == [True, False, True]


def test_another_main_pair_lets_the_former_go_in_its_turn(disk: Disk):
    here = loaded(disk, most=2)
    for name in "ma":
        here.get(disk.pair(name))
    here.main = disk.pair("a")
    here.get(disk.pair("b"))
    assert here.find(disk.pair("m")) is None
    assert here.find(disk.pair("a")) is not None


def test_a_file_that_was_replaced_is_read_again(disk: Disk):
    here = loaded(disk)
    before = here.get(disk.pair("a"))
    disk.write("a", "two")
    assert here.find(disk.pair("a")) is None
    after = here.get(disk.pair("a"))
    assert after is not before
    assert here.find(disk.pair("a")) is after


def test_of_the_same_size_and_time_it_is_noticed_too(disk: Disk):
    here = loaded(disk)
    here.get(disk.pair("a"))
    times = disk.pair("a").gpt.stat()
    disk.write("a", "six")
    os.utime(disk.pair("a").gpt, ns=(times.st_atime_ns, times.st_mtime_ns))
    os.utime(disk.pair("a").sovits, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert here.find(disk.pair("a")) is None


def test_files_that_have_gone_leave_what_is_in_memory(disk: Disk):
    here = loaded(disk)
    models = here.get(disk.pair("a"))
    disk.pair("a").gpt.unlink()
    assert here.get(disk.pair("a")) is models
    disk.pair("b").gpt.unlink()
    for _ in range(2):
        with pytest.raises(CheckpointRefused, match=r"b\.ckpt"):
            here.get(disk.pair("b"))
    disk.write("b")
    assert here.get(disk.pair("b"))


def test_what_cannot_be_read_is_not_read_again_until_it_changes(disk: Disk):
    here = loaded(disk)
    disk.write("a", "torn")
    for _ in range(3):
        with pytest.raises(CheckpointRefused, match=r"a\.ckpt"):
            here.get(disk.pair("a"))
    assert disk.loads == ["a"]
    disk.write("a", "whole")
    assert here.get(disk.pair("a"))


@settings(max_examples=50, deadline=None)
@given(asked=st.lists(st.sampled_from("mabcdefg"), max_size=40), most=st.integers(2, 5))
def test_as_many_are_kept_as_a_model_of_it_keeps(tmp_path_factory: pytest.TempPathFactory, asked: list[str], most: int):
    disk = Disk(tmp_path_factory.mktemp("weights"), "mabcdefg")
    here = loaded(disk, most)
    kept: OrderedDict[str, None] = OrderedDict()
    expected: list[str] = []
    for name in asked:
        if name not in kept:
            expected.append(name)
        kept[name] = None
        kept.move_to_end(name)
        while len(kept) > most:
            kept.pop(next(other for other in kept if other != "m"))
        here.get(disk.pair(name))
    assert disk.loads == expected
