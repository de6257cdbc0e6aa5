"""What is kept on disk comes back unchanged or not at all."""

import os
import stat
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.gpt_sovits import store as module
from tts.gpt_sovits.store import Store

TENSORS = {"tokens": torch.arange(100), "timbre": torch.randn(1, 512, 1, generator=torch.Generator().manual_seed(0))}


def kept_file(folder: Path) -> Path:
    (file,) = (each for each in folder.iterdir() if each.is_file())
    return file


def assert_same(found: dict[str, torch.Tensor] | None) -> None:
    assert found is not None
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in TENSORS.items())


def test_tensors_come_back_as_they_were(tmp_path: Path):
    Store(tmp_path / "not" / "there").save("key", TENSORS)
    assert_same(Store(tmp_path / "not" / "there").load("key"))


def test_tensors_that_are_views_of_others_are_kept_whole(tmp_path: Path):
    Store(tmp_path).save("key", {"x": torch.arange(12).view(3, 4).T})
    kept = Store(tmp_path).load("key")
    assert kept
    assert torch.equal(kept["x"], torch.arange(12).view(3, 4).T)


def test_another_key_has_nothing(tmp_path: Path):
    Store(tmp_path).save("key", TENSORS)
    assert Store(tmp_path).load("other") is None
    assert Store(tmp_path / "empty").load("key") is None


def test_without_a_folder_nothing_is_kept():
    Store(None).save("key", TENSORS)
    assert Store(None).load("key") is None


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_file_is_as_if_there_were_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject):
    folder = tmp_path_factory.mktemp("store")
    Store(folder).save("key", TENSORS)
    file = kept_file(folder)
    content = bytearray(file.read_bytes())
    if data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    file.write_bytes(content)
    assert Store(folder).load("key") is None
    Store(folder).save("key", TENSORS)
    assert_same(Store(folder).load("key"))


def test_a_full_disk_costs_time_only_and_leaves_no_rubbish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        Store(tmp_path).save("key", TENSORS)
    assert list(tmp_path.iterdir()) == []
    assert Store(tmp_path).load("key") is None


def test_a_folder_that_is_a_file_costs_time_only(tmp_path: Path):
    (tmp_path / "file").write_text("")
    Store(tmp_path / "file").save("key", TENSORS)
    assert Store(tmp_path / "file").load("key") is None


def test_what_cannot_be_marked_as_used_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As in a folder that may only be read."""
    Store(tmp_path).save("key", TENSORS)

    def read_only(file: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "utime", read_only)
    assert_same(Store(tmp_path).load("key"))


def test_the_longest_unused_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_FILES", 3)
    store = Store(tmp_path)
    for age, key in enumerate(("a", "b", "c")):
        store.save(key, TENSORS)
        file = next(each for each in tmp_path.iterdir() if each.name.startswith(f"{key}-"))
        os.utime(file, (1000 + age, 1000 + age))
    assert store.load("a") is not None
    store.save("d", TENSORS)
    assert [key for key in "abcd" if store.load(key) is not None] == ["a", "c", "d"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_voice_is_nobody_elses_business(tmp_path: Path):
    Store(tmp_path).save("key", TENSORS)
    assert not stat.S_IMODE(kept_file(tmp_path).stat().st_mode) & 0o077
