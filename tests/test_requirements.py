"""Every requirement is pinned, and exactly one pin counts for each Python and system we run on."""

from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(ROOT.glob("requirements*.txt"))
PYTHONS = ["3.10", "3.11", "3.12"]
SYSTEMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64"), ("win32", "AMD64")]
ABSENT = {
    ("uvloop", "win32"),
    ("pocketsphinx", "linux"),
}
"""Not made for some machines of these systems; the server does without."""


def requirements(file: Path) -> list[Requirement]:
    lines = [line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    return [Requirement(line) for line in lines if line]


def test_there_is_a_file_for_each_audience():
    audiences = ("-clients", "-cuda", "-data", "-demo", "-dev", "-gui", "-languages", "-ml", "-vad", "")
    assert [file.name for file in FILES] == [f"requirements{part}.txt" for part in audiences]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_line_is_one_exact_public_version(file):
    for requirement in requirements(file):
        pins = list(requirement.specifier)
        assert [pin.operator for pin in pins] == ["=="], str(requirement)
        assert "+" not in pins[0].version, "a local version exists on one index only"
        assert requirement.url is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("system", "machine"), SYSTEMS)
def test_one_pin_counts_on_each_machine(file, python, system, machine):
    environment = {"python_version": python, "sys_platform": system, "platform_machine": machine}
    wanted = requirements(file)
    counts = Counter(r.name for r in wanted if r.marker is None or r.marker.evaluate(environment))
    for name in {r.name for r in wanted}:
        assert counts[name] == 1 or (counts[name] == 0 and (name, system) in ABSENT), name


def test_torch_comes_first():
    assert requirements(ROOT / "requirements-ml.txt")[0].name == "torch"
