"""Which weights are a character's newest, and that they keep with it when it is renamed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.studio.folders import CharacterFolder
from voice.studio.models import models_in, newest_in, newest_models, renamed_with


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    folder = CharacterFolder(tmp_path / "bob")
    folder.models.mkdir(parents=True)
    return folder


def put(folder: CharacterFolder, *names: str) -> None:
    for name in names:
        (folder.models / name).write_bytes(name.encode())


def newest(folder: CharacterFolder) -> tuple[str, str] | None:
    found = newest_models(folder)
    return (found.gpt.name, found.sovits.name) if found else None


def test_the_highest_epoch_and_step_count_as_numbers(folder: CharacterFolder):
    assert newest(folder) is None
    put(folder, "bob-e9.ckpt", "bob-e15.ckpt", "bob-e5.ckpt")
    assert newest(folder) is None, "one half alone speaks with nobody's voice"
    put(folder, "bob_e8_s900.pth", "bob_e12_s9.pth", "bob_e12_s10.pth")
    assert newest(folder) == ("bob-e15.ckpt", "bob_e12_s10.pth")


@pytest.mark.parametrize(
    "names",
    [
        ("bob2-e99.ckpt", "bob2_e99_s9.pth"),
        ("bo-e99.ckpt", "bo_e99_s9.pth"),
        ("bob-e99.ckpt.partial", "bob_e99_s9.pth.bak"),
        ("bob-e-1.ckpt", "bob_e1.pth"),
        ("bob-e٣.ckpt", "bob_e٣_s٣.pth"),
        (".bob-e1.ckpt", ".bob_e1_s1.pth"),
        ("bob-extra-e1.ckpt", "bob_e1_e1_s1.pth"),
    ],
)
def test_only_files_that_bear_exactly_this_name_count(folder: CharacterFolder, names: tuple[str, str]):
    put(folder, *names)
    assert newest(folder) is None
    put(folder, "bob-e1.ckpt", "bob_e1_s1.pth")
    assert newest(folder) == ("bob-e1.ckpt", "bob_e1_s1.pth")
    assert {file.name for file in models_in(folder.models, "bob")} == {"bob-e1.ckpt", "bob_e1_s1.pth"}


@given(st.text("ab.-_e1[]()*+?\\音", min_size=1, max_size=8), st.text("ab-_e1音", min_size=1, max_size=8))
def test_a_name_is_no_pattern(tmp_path_factory: pytest.TempPathFactory, name: str, other: str):
    place = tmp_path_factory.mktemp("models")
    names = {f"{other}-e2.ckpt", f"{other}_e2_s3.pth"}
    for file in names:
        (place / file).write_bytes(b"x")
    found = newest_in(place, name)
    assert (found is not None) == (name == other)


def test_a_folder_is_no_model(folder: CharacterFolder):
    put(folder, "bob_e1_s1.pth")
    (folder.models / "bob-e1.ckpt").mkdir()
    assert newest(folder) is None


def rename(folder: CharacterFolder, new: str) -> CharacterFolder:
    with renamed_with(folder, new):
        return CharacterFolder(folder.root.rename(folder.root.with_name(new)))


def test_weights_and_experiment_take_the_new_name(folder: CharacterFolder):
    put(folder, "bob-e15.ckpt", "bob_e8_s20.pth", "other.txt")
    folder.experiment.mkdir(parents=True)
    (folder.experiment / "2-name2text.txt").write_text("kept")
    renamed = rename(folder, "小音")
    assert newest(renamed) == ("小音-e15.ckpt", "小音_e8_s20.pth")
    assert sorted(file.name for file in renamed.models.iterdir()) == ["other.txt", "小音-e15.ckpt", "小音_e8_s20.pth"]
    assert (renamed.models / "小音-e15.ckpt").read_bytes() == b"bob-e15.ckpt"
    assert (renamed.experiment / "2-name2text.txt").read_text() == "kept"
    assert newest(rename(renamed, "小音")) == ("小音-e15.ckpt", "小音_e8_s20.pth"), "to the same name"


def test_without_links_files_are_renamed(folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch):
    def no_links(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("os.link", no_links)
    put(folder, "bob-e15.ckpt", "bob_e8_s20.pth")
    assert newest(rename(folder, "eve")) == ("eve-e15.ckpt", "eve_e8_s20.pth")


@pytest.mark.parametrize("is_before", [True, False])
def test_a_crash_in_the_middle_of_renaming_loses_no_voice(folder: CharacterFolder, is_before: bool):
    put(folder, "bob-e15.ckpt", "bob_e8_s20.pth")
    cut_off = renamed_with(folder, "eve")
    cut_off.__enter__()  # and never left: the process died
    if not is_before:
        folder = CharacterFolder(folder.root.rename(folder.root.with_name("eve")))
    assert newest(folder) == (f"{folder.name}-e15.ckpt", f"{folder.name}_e8_s20.pth")


def test_a_refused_renaming_leaves_everything_as_it_was(folder: CharacterFolder):
    put(folder, "bob-e15.ckpt", "bob_e8_s20.pth", "eve-e1.ckpt")
    with pytest.raises(RuntimeError), renamed_with(folder, "eve"):
        raise RuntimeError("the name is taken")
    assert sorted(file.name for file in folder.models.iterdir()) == ["bob-e15.ckpt", "bob_e8_s20.pth", "eve-e1.ckpt"]
