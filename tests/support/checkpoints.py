"""Checkpoints as other people write them: good ones in every form, broken ones, and hostile ones."""

import pickle
import sys
import types
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

MARKS = (b"00", b"01", b"02", b"03", b"04", b"05", b"06")
"""What upstream writes over the first two bytes, by version."""


class HParams:
    """Upstream's settings object, as its pickles name it: an attribute bag whose sections are bags."""

    def __init__(self, **settings: Any):
        for name, value in settings.items():
            self.__dict__[name] = HParams(**value) if isinstance(value, dict) else value


HParams.__module__, HParams.__qualname__ = "utils", "HParams"


@contextmanager
def upstream_module() -> Iterator[None]:
    """While it lasts, `utils.HParams` can be pickled; no such module is left behind for a reader to import."""
    module = types.ModuleType("utils")
    module.__dict__["HParams"] = HParams
    sys.modules["utils"] = module
    try:
        yield
    finally:
        del sys.modules["utils"]


def save(content: Any, path: Path, mark: bytes = b"PK") -> Path:
    """As upstream's training does."""
    with upstream_module():
        torch.save(content, path)
    return marked(path, mark)


def marked(path: Path, mark: bytes) -> Path:
    """Write the mark over the file's first two bytes."""
    with path.open("r+b") as file:
        file.write(mark)
    return path


def content_of(path: Path) -> dict[str, Any]:
    """A good checkpoint's content, to be changed and saved again."""
    return torch.load(path, weights_only=True)


def write_archive(
    path: Path, description: bytes, records: dict[str, bytes] | None = None, packed: bool = False
) -> Path:
    """A zip archive that begins as torch.save's, with any pickle in it; its records are not aligned."""
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("archive/data.pkl", description)
        for name, content in (records or {}).items():
            archive.writestr(name, content)
    return path


class Calls:
    """Pickles into a call of the function with the arguments."""

    def __init__(self, function: Any, *arguments: Any):
        self._call = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def pickled(value: Any, protocol: int = 2) -> bytes:
    return pickle.dumps(value, protocol)
