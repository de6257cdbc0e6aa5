"""What a stage has finished, so that after an interruption nothing is done twice and nothing is left behind."""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voice.studio.folders import replacing

FILE = ".done.jsonl"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Done:
    """An input that was worked on. key: of its content and of all that decided about the result."""

    name: str
    key: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Digests by file name."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the stage wants to know again."""


class Ledger:
    """The record of one stage, beside its outputs: a line for each input, the last one counts.

    A line is added when an input's outputs are complete, so whatever is on disk without a line is unfinished.
    """

    def __init__(self, folder: Path):
        folder.mkdir(exist_ok=True)
        drop_link(folder / FILE)
        self._folder = folder
        self._done = _read(folder / FILE)

    def find(self, name: str, key: str) -> Done | None:
        """What was made of this input, if it was made in this way and its outputs are still what they were."""
        done = self._done.get(name)
        if done is None or done.key != key:
            return None
        return done if all(digest(self._folder / file) == made for file, made in done.outputs.items()) else None

    def last(self, name: str) -> Done | None:
        """What was made of the input of this name, in whatever way."""
        return self._done.get(name)

    @property
    def names(self) -> list[str]:
        """The inputs that something was made of."""
        return [name for name, done in self._done.items() if done.outputs or done.key]

    def forget(self, name: str) -> None:
        """The input of this name has gone, and what was made of it goes with it."""
        self.record(Done(name, ""))

    def record(self, done: Done) -> Done:
        """The outputs are complete; what an earlier time had made besides is deleted."""
        earlier = self._done.get(done.name)
        self._done[done.name] = done
        with open(self._folder / FILE, "a", encoding="utf-8", opener=_without_links) as lines:
            lines.write(_line(done))
        if earlier:
            self._delete(earlier.outputs.keys() - done.outputs.keys())
        return done

    def sweep(self, names: Collection[str]) -> None:
        """Delete what belongs to no input of these names: stale results, and what an interruption left unfinished."""
        self._done = {name: done for name, done in self._done.items() if name in names}
        with replacing(self._folder / FILE) as out:
            out.writelines(_line(done) for done in self._done.values())
        owned = {file for done in self._done.values() for file in done.outputs}
        present = {file.name for file in self._folder.iterdir() if file.is_file()}
        self._delete(name for name in present - owned if name.endswith((".wav", ".partial")))

    def _delete(self, names: Iterable[str]) -> None:
        for name in names:
            (self._folder / name).unlink(missing_ok=True)


def drop_link(file: Path) -> None:
    """What somebody has put in the place of our own file, so that we write elsewhere."""
    if file.is_symlink():
        file.unlink(missing_ok=True)


def _without_links(file: str, flags: int) -> int:
    return os.open(file, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def digest(file: Path) -> str:
    """Of the content; "" when there is no such file."""
    total = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while block := opened.read(_BLOCK):
                total.update(block)
    except FileNotFoundError:
        return ""
    return total.hexdigest()


def key_of(*parts: Any) -> str:
    """One key for everything that decides about a result: digests, numbers, dictionaries."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _line(done: Done) -> str:
    return json.dumps(asdict(done), ensure_ascii=True) + "\n"


def _read(file: Path) -> dict[str, Done]:
    done: dict[str, Done] = {}
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        return done
    for line in lines:
        try:
            entry = Done(**json.loads(line))
        except (ValueError, TypeError):
            continue  # half a line of a process that was killed
        done[entry.name] = entry
    return done
