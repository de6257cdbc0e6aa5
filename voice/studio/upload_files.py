"""The two files of an upload that can be gone on with, beside the recordings, under names that nobody chooses.

One holds what has come so far, and its size is the offset; the other what its sender has said about it. The second one
alone is left of an upload that is complete.
"""

import contextlib
import errno
import json
import os
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from voice.studio.acceptance import SNIFFED_BYTES, no_room
from voice.studio.folders import CharacterFolder, replacing

DATA, ABOUT = ".upload", ".upload.json"


class NoSuchUpload(Exception):
    """There is no upload of this identity, or no longer."""


class UploadExpired(NoSuchUpload):
    """Nothing has come for so long that what was there has been taken away."""


class WrongOffset(Exception):
    """`offset` is where the upload goes on."""

    def __init__(self, offset: int):
        super().__init__(f"The upload goes on at {offset}.")
        self.offset = offset


class BeingWritten(Exception):
    """Somebody else is sending to this upload."""


@dataclass(frozen=True)
class Upload:
    """An upload as it is now. filename: of the recording; metadata: as its sender gave it; expires_s: since 1970."""

    id: str
    filename: str
    length: int
    offset: int
    metadata: Mapping[str, str]
    expires_s: float

    @property
    def is_complete(self) -> bool:
        return self.offset == self.length


@dataclass(frozen=True)
class UploadFiles:
    """Every method raises NoSuchUpload where they are gone."""

    folder: CharacterFolder
    id: str

    @property
    def data(self) -> Path:
        return self.folder.raw / f".{self.id}{DATA}"

    @property
    def about(self) -> Path:
        return self.folder.raw / f".{self.id}{ABOUT}"

    @property
    def is_unfinished(self) -> bool:
        """Whether it has not become a recording yet."""
        return self.data.exists()

    def read(self, kept_s: float) -> Upload:
        """How far it is. Raises UploadExpired where nothing has come for kept_s, which ends it."""
        with gone_if_absent(self.id):
            told = json.loads(self.about.read_text(encoding="utf-8"))
            filename, length = str(told["filename"]), int(told["length"])
            touched_s = self.about.stat().st_mtime
            if self.is_unfinished:
                stat = self.data.stat()
                offset, touched_s = stat.st_size, max(touched_s, stat.st_mtime)
            else:
                offset = (self.folder.raw / filename).stat().st_size
        if not self.is_unfinished and offset != length:
            raise NoSuchUpload(self.id)  # another recording has that name by now
        if touched_s + kept_s < time.time():
            self.remove()
            raise UploadExpired(self.id)
        return Upload(self.id, filename, length, offset, told["metadata"], touched_s + kept_s)

    def write(self, out: IO[bytes], chunk: bytes) -> None:
        """out: the opened data. Raises TooLarge when the disk is full."""
        if not self.is_unfinished:  # ended, or gone with its character
            raise NoSuchUpload(self.id)
        try:
            out.write(chunk)
            out.flush()
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise no_room(self.data.name) from None
            raise

    def head(self) -> bytes:
        """The first bytes that have come."""
        with gone_if_absent(self.id), self.data.open("rb") as opened:
            return opened.read(SNIFFED_BYTES)

    def touch(self) -> None:
        """It was completed now."""
        with gone_if_absent(self.id):
            os.utime(self.about)

    def remove(self) -> None:
        """Take both away; a recording that was made of them stays."""
        for file in (self.data, self.about):
            file.unlink(missing_ok=True)


def new_upload(folder: CharacterFolder, filename: str, length: int, metadata: Mapping[str, str]) -> UploadFiles:
    """An upload of which nothing has come yet."""
    files = UploadFiles(folder, uuid.uuid4().hex)
    files.data.touch()
    with replacing(files.about) as out:
        json.dump({"filename": filename, "length": length, "metadata": dict(metadata)}, out)
    return files


def files_of(folder: CharacterFolder, identity: str) -> UploadFiles:
    """Raises NoSuchUpload for what cannot be an identity, so that no path is ever made of it."""
    if not re.fullmatch("[0-9a-f]{32}", identity):
        raise NoSuchUpload(identity)
    return UploadFiles(folder, identity)


def all_files(folder: CharacterFolder) -> list[UploadFiles]:
    """Whatever of uploads lies there, also halves that a crash has left."""
    identities = {file.name.split(".")[1] for kind in (DATA, ABOUT) for file in folder.raw.glob(f".*{kind}")}
    return [UploadFiles(folder, identity) for identity in sorted(identities)]


def unfinished_files(folder: CharacterFolder) -> list[UploadFiles]:
    """Those of which something is still to come."""
    return [UploadFiles(folder, file.name.split(".")[1]) for file in sorted(folder.raw.glob(f".*{DATA}"))]


def forget_completed(folder: CharacterFolder, kept_s: float) -> None:
    """Take away what is left of uploads that were completed so long ago; told by dates alone, for there may be many."""
    for about in folder.raw.glob(f".*{ABOUT}"):
        with contextlib.suppress(FileNotFoundError):
            if about.stat().st_mtime + kept_s < time.time() and not about.with_suffix("").exists():
                about.unlink()


@contextlib.contextmanager
def gone_if_absent(identity: str) -> Iterator[None]:
    """Raise NoSuchUpload for files that are not there, or hold something else."""
    try:
        yield
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        raise NoSuchUpload(identity) from None
