"""Paths from strangers: nothing outside the roots is read, written or even looked for."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice.tasks.places import BadPath, NoSuchPath, Places

INPUT = "u/workspace/upload_workspace/p/raw"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    data, root = tmp_path / "data", tmp_path / "workspace" / "root"
    for folder in (data / INPUT, root / INPUT, tmp_path / "outside" / INPUT):
        folder.mkdir(parents=True)
    return Places(data, (root,))


def test_relative_and_absolute_paths(places: Places, tmp_path: Path):
    assert places.find(INPUT) == tmp_path / "data" / INPUT
    assert places.find(f"{INPUT}/") == tmp_path / "data" / INPUT
    root = tmp_path / "workspace" / "root"
    assert places.find(str(root / INPUT)) == root / INPUT
    assert places.find(str(tmp_path / "data" / INPUT)) == tmp_path / "data" / INPUT
    with pytest.raises(NoSuchPath):
        places.find("u/workspace/upload_workspace/p/none")


def test_outputs_follow_the_rule(places: Places, tmp_path: Path):
    data, root = tmp_path / "data", tmp_path / "workspace" / "root"
    assert places.output(INPUT, "slice") == data / "u/workspace/slice_workspace/p/slice"
    made = places.derived(INPUT, "slice")
    assert places.output(made, "denoise") == data / "u/workspace/denoise_workspace/p/denoise"
    assert places.output(places.derived(made, "denoise"), "asr") == data / "u/workspace/asr_workspace/p/asr"
    assert places.output(str(root / INPUT), "slice") == root / "u/workspace/slice_workspace/p/slice"
    assert places.output("workspace/workspace/x/p/d", "asr") == data / "workspace/workspace/asr_workspace/p/asr"
    assert places.output("u/workspace/x/workspace/d", "asr") == data / "u/workspace/asr_workspace/workspace/asr"


@pytest.mark.parametrize("given_path", ["a", "u/workspace", "u/workspace/x/d", "u/other/x/p/d", "", "/", "."])
def test_other_forms_have_no_output(places: Places, given_path: str):
    with pytest.raises(BadPath):
        places.output(given_path, "slice")


def test_a_stage_never_writes_into_its_input(places: Places):
    with pytest.raises(BadPath):
        places.output("u/workspace/slice_workspace/p/slice", "slice")
    linked = places.data_dir / "u/workspace/slice_workspace/p"
    linked.mkdir(parents=True)
    (linked / "slice").symlink_to(places.data_dir / INPUT, target_is_directory=True)
    with pytest.raises(BadPath):
        places.output(INPUT, "slice")


@pytest.mark.parametrize(
    "given_path",
    [
        "../outside",
        "u/../../outside",
        "u/workspace/../../../outside",
        "/etc/passwd",
        "/",
        "~root/x",
        "a\0b",
        "a\nb",
        "..\\outside",
        "\\\\host\\share",
        "C:\\Windows",
        "x" * 5000,
        "a/" * 3000,
    ],
)
def test_what_leaves_the_roots(places: Places, given_path: str):
    with pytest.raises((BadPath, NoSuchPath)):
        places.find(given_path)


def test_what_is_elsewhere_is_not_even_told_to_exist(places: Places, tmp_path: Path):
    for there in ("outside", "nowhere"):
        with pytest.raises(BadPath):
            places.find(str(tmp_path / there / INPUT))


def test_links_that_lead_out(places: Places, tmp_path: Path):
    out = tmp_path / "outside"
    (places.data_dir / "link").symlink_to(out, target_is_directory=True)
    (places.data_dir / "loop").symlink_to(places.data_dir / "loop")
    with pytest.raises(BadPath):
        places.find(f"link/{INPUT}")
    with pytest.raises(BadPath):
        places.output(f"link/{INPUT}", "slice")
    with pytest.raises(NoSuchPath):
        places.find("loop/x")
    (places.data_dir / "u/workspace/slice_workspace").symlink_to(out, target_is_directory=True)
    with pytest.raises(BadPath):
        places.output(INPUT, "slice")


def test_a_root_may_be_called_by_a_link_to_it(places: Places, tmp_path: Path):
    link = tmp_path / "link"
    link.symlink_to(places.data_dir, target_is_directory=True)
    assert places.find(str(link / INPUT)) == places.data_dir / INPUT
    assert places.output(str(link / INPUT), "asr") == places.data_dir / "u/workspace/asr_workspace/p/asr"


def test_experiments_and_weights(places: Places, tmp_path: Path):
    assert places.experiment("u", "e") == tmp_path / "data/experiments/u/e"
    assert Places(tmp_path, weights=tmp_path / "w").trained("u", "e") == tmp_path / "w/u/e"
    with pytest.raises(BadPath):
        places.experiment("..", "e")
    (tmp_path / "data/experiments").mkdir()
    (tmp_path / "data/experiments/v").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(BadPath):
        places.experiment("v", "e")


PART = st.sampled_from(
    [
        "..",
        ".",
        "",
        "u",
        "workspace",
        "slice_workspace",
        "p",
        "slice",
        "raw",
        "out",
        "inside",
        "loop",
        "~",
        "\\..",
        "\0",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(parts=st.lists(PART | st.text(max_size=4), max_size=9), start=st.sampled_from(["", "/", "data", "root", "out"]))
def test_no_path_leads_out(places: Places, tmp_path: Path, parts: list[str], start: str):
    roots = {"data": places.data_dir, "root": places.roots[0], "out": tmp_path / "outside"}
    for name, target in (
        ("out", tmp_path / "outside"),
        ("inside", places.roots[0]),
        ("loop", places.data_dir / "loop"),
    ):
        link = places.data_dir / name
        if not link.is_symlink():
            link.symlink_to(target)
    wanted = "/".join([str(roots.get(start, start)), *parts])
    allowed = [os.path.realpath(roots["data"]), os.path.realpath(roots["root"])]
    for path in (lambda: places.find(wanted), lambda: places.output(wanted, "slice")):
        try:
            found = os.path.realpath(path())
        except (BadPath, NoSuchPath):
            continue
        assert any(found == root or found.startswith(f"{root}/") for root in allowed)
