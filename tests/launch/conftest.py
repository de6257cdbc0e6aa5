"""Folders to start from."""

import sys
from pathlib import Path

import pytest

from tests.support.start_folder import StartFolder

if sys.platform == "win32":
    collect_ignore_glob = ["*"]  # the stand-in for Python is a script with a #! line


@pytest.fixture
def bare(tmp_path: Path) -> StartFolder:
    """A fresh clone: nothing is installed."""
    root = tmp_path / "clone"
    root.mkdir()
    return StartFolder(root, home=tmp_path / "home")


@pytest.fixture
def folder(bare: StartFolder) -> StartFolder:
    """A clone with a stand-in for .venv's Python, into which nothing is installed yet."""
    bare.fake_python()
    return bare
