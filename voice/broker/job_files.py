"""The files of a job for a worker that does not see the server's folders: told, handed out, and taken back.

What a worker sends lies aside until all of it is there, and takes its place only while the job is still the worker's.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice.broker.hashes import FileHashes
from voice.broker.trees import OutsideOfJob, Tree, tree_of
from voice.jobs.delegate import Delegate
from voice.studio.folders import PARTIAL

ARRIVING = ".arriving"
MOST_BYTES = 8 << 30
"""Of one file; a training's state is the largest."""
SPARE_BYTES = 256 << 20
"""What an upload leaves free on the server's disk."""


class FilesRefusedHere(Exception):
    """A file cannot be taken; the message is a sentence, `chinese` the same in Chinese."""

    def __init__(self, english: str, chinese: str, status: int = 400):
        super().__init__(english)
        self.chinese = chinese
        self.status = status


@dataclass(frozen=True)
class FileFacts:
    """One file of a manifest. path: with /, below the work folder."""

    path: str
    size: int
    modified_ns: int
    sha256: str


class JobFiles:
    """claims: to know whose a job is. owners: what the owners of jobs begin with who may have files.

    For any number of threads.
    """

    def __init__(self, claims: Delegate, work_dir: Path, owners: str):
        self._claims = claims
        self._owners = owners
        self._work_dir = work_dir
        self._hashes = FileHashes()

    def manifest(self, job: str, fence: int) -> list[FileFacts]:
        """Raises ClaimLost."""
        return [facts for path in self._tree(job, fence).files() if (facts := self._facts(path))]

    def readable(self, job: str, fence: int, path: str) -> Path:
        """Where the file lies. Raises ClaimLost, OutsideOfJob, FileNotFoundError."""
        file = self._tree(job, fence).readable(path)
        if not file.is_file():
            raise FileNotFoundError(path)
        return file

    def require_room(self, job: str, fence: int, path: str, size: int) -> None:
        """Refuse what cannot be kept before it is sent. Raises ClaimLost, OutsideOfJob, FilesRefusedHere."""
        self._tree(job, fence).writable(path)
        if size > MOST_BYTES:
            raise FilesRefusedHere(f"{path} is too large.", f"{path} 太大。", 413)
        if size + SPARE_BYTES > shutil.disk_usage(self._work_dir).free:
            raise FilesRefusedHere("The server's disk is full.", "服务端磁盘空间不足。", 507)

    def unfinished(self, job: str, fence: int, sha256: str) -> Path:
        """A new name for an upload, which becomes its content when it is kept."""
        folder = self._aside(job, fence)
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{sha256}.{os.urandom(4).hex()}{PARTIAL}"

    def keep(self, unfinished: Path, sha256: str) -> None:
        """The upload is complete, if it has this digest. Raises FilesRefusedHere."""
        if self._hashes.of(unfinished) != sha256:
            unfinished.unlink(missing_ok=True)
            raise FilesRefusedHere(
                "The file has changed on its way, or while it was sent: send it again.",
                "文件在传输途中或发送期间发生了变化，请重新发送。",
            )
        os.replace(unfinished, unfinished.with_name(sha256))

    def commit(self, job: str, fence: int, files: Mapping[str, tuple[str, int]], deleted: Sequence[str]) -> None:
        """Put everything in its place at once. files: digest and time by path.

        Raises ClaimLost, OutsideOfJob, FilesRefusedHere.
        """
        aside = self._aside(job, fence)
        with self._claims.guarded(self._owners, job, fence) as held:
            tree = tree_of(held, self._work_dir)
            targets = {path: tree.writable(path) for path in files}
            gone = [tree.writable(path) for path in deleted]
            missing = [path for path, (sha256, _) in files.items() if not (aside / sha256).is_file()]
            if missing:
                raise FilesRefusedHere(f"{missing[0]} has not arrived.", f"{missing[0]} 尚未收到。", 409)
            uses = [sha256 for sha256, _ in files.values()]
            for path, (sha256, modified_ns) in files.items():
                uses.remove(sha256)
                _place(aside / sha256, targets[path], modified_ns, is_last=sha256 not in uses)
            for file in gone:
                file.unlink(missing_ok=True)
        for begun in aside.parent.glob(f"{job}-*"):  # also by those who have lost it
            shutil.rmtree(begun, ignore_errors=True)

    def sweep(self) -> None:
        """Forget what workers have begun to send to an earlier run of the server and never finished."""
        shutil.rmtree(self._work_dir / ARRIVING, ignore_errors=True)

    def _tree(self, job: str, fence: int) -> Tree:
        return tree_of(self._claims.held_by(self._owners, job, fence), self._work_dir)

    def _facts(self, path: str) -> FileFacts | None:
        file = self._work_dir / path
        try:
            found = file.stat()
        except FileNotFoundError:
            return None
        return FileFacts(path, found.st_size, found.st_mtime_ns, self._hashes.of(file))

    def _aside(self, job: str, fence: int) -> Path:
        if not job.isalnum():
            raise OutsideOfJob(f"{job!r:.60} is no job.")
        return self._work_dir / ARRIVING / f"{job}-{fence}"


def _place(arrived: Path, target: Path, modified_ns: int, is_last: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.utime(arrived, ns=(modified_ns, modified_ns))
    if is_last:
        os.replace(arrived, target)
    else:
        copied = target.with_name(f".{target.name[:40]}{PARTIAL}")
        shutil.copy2(arrived, copied)
        os.replace(copied, target)
