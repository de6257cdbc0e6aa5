"""Which files a job needs and makes: what a worker without the server's folders has to be sent, and may send back."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from voice.broker.places import PLACE, WORK, Places, is_inside, paths_in
from voice.jobs.job import Job
from voice.studio.folders import CONFIG, PARTIAL

UNNEEDED: Mapping[str, tuple[str, ...]] = {
    "process_audio": ("models", "experiments"),
    "infer": ("converted_audio", "experiments", "transcripts"),
}
"""Folders of the character that a kind of job does not look at; the weights of a voice are large."""
MADE: Mapping[str, str] = {"infer": "inference_output/{id}.wav"}
"""What a kind of job leaves outside of the character's folder, by its parameters."""
RAW = "raw_audio"
READ_ONLY = (RAW, CONFIG)
"""What people bring is not changed by a job."""


class OutsideOfJob(Exception):
    """The path is no business of this job."""


@dataclass(frozen=True)
class Tree:
    """The files of one job below the work folder, by paths with / that are relative to it."""

    work_dir: Path
    folders: tuple[str, ...]
    made: tuple[str, ...]
    unneeded: tuple[str, ...]

    def files(self) -> Iterator[str]:
        """All that are there, without links, and without what is still being written."""
        for folder in self.folders:
            for place, folders, names in os.walk(self.work_dir / folder):
                below = Path(place).relative_to(self.work_dir)
                folders[:] = sorted(name for name in folders if self._is_needed(below / name))
                for name in sorted(names):
                    is_upload = name.startswith(".") and below.name == RAW  # that may still be going on
                    if not is_upload and not name.endswith(PARTIAL) and not (Path(place) / name).is_symlink():
                        yield (below / name).as_posix()
        yield from (path for path in self.made if (self.work_dir / path).is_file())

    def readable(self, path: str) -> Path:
        """Raises OutsideOfJob."""
        self._require(path)
        return self._resolved(path)

    def writable(self, path: str) -> Path:
        """Raises OutsideOfJob."""
        folder = self._require(path)
        if folder and PurePosixPath(path).relative_to(folder).parts[0] in READ_ONLY:
            raise OutsideOfJob(f"{path!r:.120} is not for a job to change.")
        return self._resolved(path)

    def _is_needed(self, folder: Path) -> bool:
        return not any(folder.as_posix() == f"{root}/{name}" for root in self.folders for name in self.unneeded)

    def _require(self, path: str) -> str:
        """The folder of the job that holds it, "" for what is made elsewhere."""
        is_plain = is_inside(path) and path == PurePosixPath(path).as_posix() and path.isprintable()
        if is_plain and path in self.made:
            return ""
        for folder in self.folders:
            if is_plain and path.startswith(f"{folder}/") and not path.endswith(PARTIAL):
                return folder
        raise OutsideOfJob(f"{path!r:.120} does not belong to this job.")

    def _resolved(self, path: str) -> Path:
        """Links could lead anywhere, whatever the words of a path say."""
        file, root = self.work_dir / path, self.work_dir.resolve()
        if file.is_symlink() or file.resolve() != root / path:
            raise OutsideOfJob(f"{path!r:.120} is behind a link.")
        return file


def tree_of(job: Job, work_dir: Path) -> Tree:
    """The character's folder alone: other parameters may be texts that somebody has sent, in the form of a path."""
    travelling = Places({WORK: work_dir}).leaving(job.parameters.get("folder"))
    folders = tuple(path for path in paths_in(travelling, WORK) if path)
    made = tuple(path for path in _made(job.kind, job.parameters) if is_inside(path))
    return Tree(work_dir, folders, made, UNNEEDED.get(job.kind, ()))


def _made(kind: str, parameters: Mapping[str, Any]) -> tuple[str, ...]:
    pattern = MADE.get(kind)
    identity = str(parameters.get("id", ""))
    is_plain = bool(identity) and identity.replace("-", "").isalnum() and PLACE not in parameters
    return (pattern.format(id=identity),) if pattern and is_plain else ()
