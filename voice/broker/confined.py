"""What a job that came in a message may name on the worker's machine: folders of its command line, and no program.

Whoever may use the broker can give a worker jobs, so the server's word that a path is good is not enough here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from voice.broker.places import NoSuchPlace, is_inside

FOLDERS = ("folder", "models_dir", "cache", "data_dir", "experiments_dir", "weights_dir", "roots")
"""Parameters that are folders, or lists of them."""
BELOW = ("gpt", "sovits", "reference")
"""Parameters that are files below the character's folder."""
NAMES = ("name", "id")
"""Parameters that become names of files."""
PROGRAMS = ("denoiser", "separator")
"""Parameters that can name a program of the server's."""


@dataclass(frozen=True)
class Confinement:
    """folders: below which every folder of a job has to lie. runs_programs: whether a job may name a program."""

    folders: Collection[Path]
    runs_programs: bool = False

    def require(self, parameters: Mapping[str, Any]) -> None:
        """Raises NoSuchPlace for parameters, with the names of files of this machine, that lead out of the folders."""
        for key in FOLDERS:
            for path in _listed(parameters.get(key)):
                self._require_folder(key, path)
        for key in (*BELOW, *NAMES):
            value = parameters.get(key, "")
            if not isinstance(value, str) or not is_inside(value) or (key in NAMES and "/" in value):
                raise NoSuchPlace(f"Its {key} {value!r:.120} leaves the folder.")
        for key in PROGRAMS:
            if not isinstance(parameters.get(key) or "", str) and not self.runs_programs:
                raise NoSuchPlace(f"Its {key} is a program, and this worker was started without --allow-programs.")

    def _require_folder(self, key: str, path: object) -> None:
        if not isinstance(path, str) or ".." in PurePath(path).parts or not self._holds(Path(path)):
            raise NoSuchPlace(f"Its {key} {path!r:.120} lies in no folder that this worker was given.")

    def _holds(self, path: Path) -> bool:
        return any(path.resolve().is_relative_to(folder.resolve()) for folder in self.folders)


def _listed(value: object) -> list[object]:
    """Empty stands for what is not set."""
    if isinstance(value, list | tuple):
        return list(value)
    return [value] if value else []
