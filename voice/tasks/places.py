"""Where a task may read and write: folders named by strangers, held below the roots that the settings name."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from voice.studio.refused import Refused

WORKSPACE = "workspace"
SHORTEST_FORM = 3
"""Parts after `workspace`: the stage's, the process's, and a folder's or file's own."""


def is_plain(name: str) -> bool:
    """Whether it holds nothing that breaks lines or terminals, and nothing that no file system can write."""
    return not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in name)


class BadPath(Refused):
    """It leaves the roots, or has not the form `<user>/workspace/<stage>_workspace/<process>/<dir>`."""


class NoSuchPath(Refused):
    """Nothing is there."""


@dataclass(frozen=True)
class Places:
    """roots: below which absolute paths may lie. data_dir: below which relative ones do, and which is a root, too."""

    data_dir: Path
    roots: tuple[Path, ...] = ()
    experiments: Path | None = None
    weights: Path | None = None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Places":
        """As a job's parameters hold them: data_dir, roots, experiments_dir, weights_dir."""
        experiments, weights = parameters.get("experiments_dir"), parameters.get("weights_dir")
        return cls(
            data_dir=Path(parameters["data_dir"]),
            roots=tuple(map(Path, parameters.get("roots") or ())),
            experiments=Path(experiments) if experiments else None,
            weights=Path(weights) if weights else None,
        )

    def find(self, given: str) -> Path:
        """The file or folder itself, with links followed. Raises BadPath, NoSuchPath."""
        root, rest = self._taken_apart(given)
        try:
            found = root.joinpath(*rest).resolve(strict=True)
        except (OSError, RuntimeError):  # a loop of links, a name that is too long
            raise _missing(given) from None
        return self.allowed(found, given)

    def derived(self, given: str, stage: str) -> str:
        """What a stage makes of an input: `.../workspace/<stage>_workspace/<process>/<stage>`. Raises BadPath."""
        root, rest = self._taken_apart(given)
        at = _workspace(rest)
        if at is None:
            raise _bad(given, "it has not the form <user>/workspace/<stage>_workspace/<process>/<dir>")
        return str(root.joinpath(*rest[: at + 1], f"{stage}_workspace", *rest[at + 2 : -1], stage))

    def output(self, given: str, stage: str) -> Path:
        """The same with links followed, and certainly not the input itself. Raises BadPath."""
        output = self._resolved(Path(self.derived(given, stage)), given)
        root, rest = self._taken_apart(given)
        source = self._resolved(root.joinpath(*rest), given)
        if output == source or output in source.parents or source in output.parents:
            raise _bad(given, "what is made of it would be written into it")
        return output

    def experiment(self, user: str, name: str) -> Path:
        """Where features go. Raises BadPath."""
        return self._owned(self.experiments or self.data_dir / "experiments", user, name)

    def trained(self, user: str, name: str) -> Path:
        """Where weights go. Raises BadPath."""
        return self._owned(self.weights or self.data_dir / "weights", user, name)

    def allowed(self, resolved: Path, given: str = "") -> Path:
        """The path, which has no links in it any more. Raises BadPath where it lies outside all roots."""
        if not any(resolved == root or root in resolved.parents for root in map(_real, self._all_roots())):
            raise _bad(given or resolved.name, "it leaves the folders that tasks may use (tasks.roots, tasks.data_dir)")
        return resolved

    def _all_roots(self) -> list[Path]:
        """The deepest first, so that a root within another one counts as the root of what is below it."""
        return sorted((self.data_dir, *self.roots), key=lambda root: -len(root.parts))

    def _taken_apart(self, given: str) -> tuple[Path, tuple[str, ...]]:
        """The root, and the names below it. The disk is not asked: strangers learn nothing about what is elsewhere."""
        if not is_plain(given) or (os.sep == "/" and "\\" in given):
            raise _bad(given, "it holds characters that no path here has")
        path = PurePath(given)
        if ".." in path.parts or not path.parts:
            raise _bad(given, "it leads back up")
        if not path.anchor:
            return self.data_dir, path.parts
        for named in (path, self._resolved(Path(given), given)):  # a root's name may be a link to it
            for root in self._all_roots():
                if named.is_relative_to(root):
                    return root, named.relative_to(root).parts
        raise _bad(given, "absolute paths must lie below tasks.roots")

    def _resolved(self, path: Path, given: str) -> Path:
        try:
            return self.allowed(path.resolve(), given)
        except (OSError, RuntimeError):
            raise _bad(given, "its links lead nowhere") from None

    def _owned(self, place: Path, user: str, name: str) -> Path:
        home = _real(place)
        owned = (home / user / name).resolve()
        if home != owned.parent.parent:
            raise _bad(f"{user}/{name}", "it leaves its folder")
        return owned


def _workspace(parts: tuple[str, ...]) -> int | None:
    """The last `workspace` with a stage, a process and a name after it: users may be called that, too."""
    places = [at for at, part in enumerate(parts) if part == WORKSPACE and len(parts) - at > SHORTEST_FORM]
    return places[-1] if places else None


def _real(path: Path) -> Path:
    return path.resolve()


def _missing(given: str) -> NoSuchPath:
    return NoSuchPath(f"There is no {given!r:.120}.", f"路径不存在：{given!r:.120}")


def _bad(given: str, why: str) -> BadPath:
    rule = "须在 tasks.roots 或 tasks.data_dir 之内，形如 <user>/workspace/<stage>_workspace/<process>/<dir>"
    return BadPath(f"{given!r:.120} cannot be used: {why}.", f"路径不可用：{given!r:.120}（{rule}）。")
