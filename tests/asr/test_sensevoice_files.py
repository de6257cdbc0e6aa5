from pathlib import Path

import pytest

from asr.sensevoice_files import FILES, faults


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).write_bytes(b"PK\x03\x04")
    return tmp_path


def test_a_complete_copy_has_no_faults(folder: Path):
    assert faults(folder) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "is missing"),
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 936291369\n", "is only a Git LFS pointer"),
        (b"\n<!DOCTYPE html><title>404</title>", "is a web page"),
        (b"<html>Access denied</html>", "is a web page"),
    ],
)
def test_each_fault_names_its_file(folder: Path, name: str, content: bytes | None, fault: str):
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    [found] = faults(folder)
    assert found.startswith(f"{name} {fault}")


def test_all_faults_are_told_at_once(folder: Path):
    for name in FILES[:2]:
        (folder / name).unlink()
    assert len(faults(folder)) == 2


def test_a_directory_in_place_of_a_file_is_a_missing_file(folder: Path):
    (folder / "am.mvn").unlink()
    (folder / "am.mvn").mkdir()
    assert faults(folder) == ["am.mvn is missing"]


def test_a_directory_that_is_not_there_is_named(tmp_path: Path):
    [fault] = faults(tmp_path / "nowhere")
    assert "nowhere" in fault
