"""start.py itself: which Python it runs under, and that an old one can read it."""

import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

START = Path(__file__).resolve().parent.parent / "start.py"
PRETEND = """
import runpy, sys
sys.version_info = {version}
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def start_under(version: tuple[int, int], path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """start.py in a Python that takes itself for another version, alone in a folder, with `path` as PATH."""
    copy = path / "start.py"
    copy.write_bytes(START.read_bytes())
    code = PRETEND.format(version=(*version, 0, "final", 0))
    command = [sys.executable, "-c", code, str(copy), *arguments]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, encoding="utf-8", timeout=60)


def write_python(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("version", [(2, 7), (3, 6), (3, 9), (3, 13)])
def test_a_python_that_does_not_fit_is_refused_with_a_remedy_in_both_languages(tmp_path, version):
    refused = start_under(version, tmp_path)
    assert refused.returncode == 1
    assert "Python 3.10, 3.11 or 3.12 is needed; this is {}.{}".format(*version) in refused.stdout
    assert "apt install python3.11 python3.11-venv" in refused.stdout
    assert "需要 Python 3.10、3.11 或 3.12" in refused.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_a_fitting_python_on_the_path_takes_over_with_all_arguments(tmp_path):
    write_python(tmp_path, "python3.11", "exit 127")  # what pyenv leaves behind for a version that is not active
    write_python(tmp_path, "python3.12", '[ "$1" = -c ] || echo "12:" "$@"')
    taken = start_under((3, 9), tmp_path, "talk", "a b.wav")
    assert taken.stdout == f"12: {tmp_path / 'start.py'} talk a b.wav\n"
    assert taken.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
def test_the_environments_own_python_comes_first(tmp_path):
    write_python(tmp_path, "python3.11", "echo no")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    write_python(tmp_path / ".venv" / "bin", "python", '[ "$1" = -c ] || echo "own"')
    assert start_under((3, 13), tmp_path).stdout == "own\n"


def test_old_pythons_can_parse_it():
    newer = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Starred, ast.AsyncFunctionDef, ast.Nonlocal, ast.Match)
    for node in ast.walk(ast.parse(START.read_text(encoding="utf-8"))):
        assert not isinstance(node, newer), ast.dump(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert all(argument.annotation is None for argument in node.args.args)


def test_importing_it_does_nothing():
    assert "main" in runpy.run_path(str(START))
