"""What of an experiment's features is made already, and of what, so that nothing is made twice or kept when stale."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any


@dataclass(frozen=True)
class Made:
    """What was made of a clip. key: of the clip and of all that decided about the result. row: of a table, if any."""

    name: str
    key: str
    row: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Digests of files, by their places below the experiment's folder."""


class FeatureLedger:
    """Of one kind of features; each process adds to a file of its own, and all read all of them."""

    def __init__(self, root: Path, kind: str, rank: int = 0):
        self._root = root
        self._file = root / f".{kind}-{rank}.jsonl"
        files = sorted(root.glob(f".{kind}-*.jsonl"))
        self._made = {(made.name, made.key): made for file in files for made in _read(file)}

    def find(self, name: str, key: str) -> Made | None:
        """What was made of exactly this, if all of it is there and still what it was."""
        made = self._made.get((name, key))
        if made is None or not all(_is(self._root / file, digest) for file, digest in made.outputs.items()):
            return None
        return made

    def record(self, made: Made) -> None:
        """To be called when the outputs are complete on the disk."""
        self._made[made.name, made.key] = made
        with self._file.open("a", encoding="utf-8") as file:
            # A line that a crash has cut off ends before the next one begins.
            file.write("\n" + json.dumps(asdict(made), ensure_ascii=False))
            file.flush()
            os.fsync(file.fileno())


def key_of(*facts: Any) -> str:
    """Equal for equal facts; text, numbers, lists and so on."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def digest_of(file: Path) -> str:
    """Of the content; raises OSError."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def identity_of(model: Path | None) -> list[tuple[str, int]]:
    """Names and sizes of a network's files: of another network they are others. Reading gigabytes would take long."""
    if model is None or not model.exists():  # which is told, in a sentence, by whoever loads it
        return []
    files = sorted(model.iterdir()) if model.is_dir() else [model]
    return [(file.name, file.stat().st_size) for file in files]


@contextmanager
def replacing(file: Path) -> Iterator[IO[bytes]]:
    """Write a file that nobody ever sees half written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _is(file: Path, digest: str) -> bool:
    try:
        return digest_of(file) == digest
    except OSError:
        return False


def _read(file: Path) -> Iterator[Made]:
    for line in file.read_text("utf-8", errors="replace").split("\n"):
        try:
            yield Made(**json.loads(line))
        except (ValueError, TypeError):
            continue  # cut off, or of an older form: then it is made again
