"""Folders that lie elsewhere on every machine: what is below them travels by the folder's name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

PLACE, PATH, PLAIN = "$place", "path", "$plain"
WORK, MODELS, CACHE, TASKS = "work_dir", "models_dir", "cache", "task_data"


class NoSuchPlace(Exception):
    """A job needs a folder that this machine does not have, or names one in a way that leaves it."""


@dataclass(frozen=True)
class Places:
    """roots: absolute folders by name, e.g. work_dir."""

    roots: Mapping[str, Path]

    def leaving(self, value: Any) -> Any:
        """A value of JSON as it travels: names of files below a root become {"$place": its name, "path": the rest}."""
        if isinstance(value, Mapping):
            travelling = {key: self.leaving(inner) for key, inner in value.items()}
            return {PLAIN: travelling} if PLACE in value or PLAIN in value else travelling
        if isinstance(value, list | tuple):
            return [self.leaving(inner) for inner in value]
        if isinstance(value, str):
            for name, root in self._deepest_first():
                below = _below(root, value)
                if below is not None:
                    return {PLACE: name, PATH: below}
        return value

    def arriving(self, value: Any) -> Any:
        """What `leaving` has made elsewhere, with this machine's names of files. Raises NoSuchPlace."""
        if isinstance(value, Mapping):
            if PLACE in value:
                return self._file(value)
            inner = value.get(PLAIN, value)
            if not isinstance(inner, Mapping):
                raise NoSuchPlace("It is not written as it should be.")
            return {key: self.arriving(held) for key, held in inner.items()}
        if isinstance(value, list):
            return [self.arriving(inner) for inner in value]
        return value

    def _file(self, value: Mapping[str, Any]) -> str:
        name, path = value[PLACE], value.get(PATH)
        if name not in self.roots:
            raise NoSuchPlace(f"This worker knows no {name!r:.60}; is it of the server's version?")
        if not isinstance(path, str) or not is_inside(path):
            raise NoSuchPlace(f"{path!r:.120} leaves the folder {name}.")
        return str(self.roots[name] / path)

    def _deepest_first(self) -> list[tuple[str, Path]]:
        return sorted(self.roots.items(), key=lambda entry: len(entry[1].parts), reverse=True)


def paths_in(value: Any, place: str) -> Iterator[str]:
    """Every path of a place in a travelling value."""
    if isinstance(value, Mapping):
        if value.get(PLACE) == place:
            yield value[PATH]
        else:
            for inner in value.values():
                yield from paths_in(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from paths_in(inner, place)


def is_inside(path: str) -> bool:
    """Whether a path with / stays below the folder that it is relative to, by its words. "" is the folder itself."""
    if "\\" in path or "\0" in path or ":" in path.split("/")[0]:
        return False
    return not path.startswith("/") and ".." not in PurePosixPath(path).parts


def _below(root: Path, text: str) -> str | None:
    if not text.startswith(str(root)):  # most strings are no names of files at all
        return None
    try:
        below = Path(text).relative_to(root).as_posix()
    except ValueError:
        return None
    return None if not is_inside(below) else "" if below == "." else below
