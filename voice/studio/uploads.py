"""Uploads that can be gone on with: begun, added to, made into recordings; they outlast connections and the server."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

from voice.studio.acceptance import (
    SNIFFED_BYTES,
    RecordingRefused,
    UploadLimits,
    check_content,
    check_length,
    check_size,
    seconds_announced,
    seconds_by_header,
)
from voice.studio.characters import Characters, NoSuchCharacter
from voice.studio.names import recording_name_with_folders
from voice.studio.recordings import require_raw
from voice.studio.refused import Refused
from voice.studio.upload_files import (
    BeingWritten,
    NoSuchUpload,
    Upload,
    UploadFiles,
    WrongOffset,
    all_files,
    files_of,
    forget_completed,
    gone_if_absent,
    new_upload,
    unfinished_files,
)

MOST_OPEN = 500
"""Of one character."""


class Uploads:
    """put: gives a complete file its name; it may refuse because the character has gone meanwhile."""

    def __init__(self, characters: Characters, limits: UploadLimits, put: Callable[[Path, Path], None]):
        self.limits = limits
        self._characters = characters
        self._put = put
        self._writing: set[str] = set()
        self._guard = threading.Lock()

    def create(self, name: str, length: int, metadata: Mapping[str, str]) -> Upload:
        """An empty upload. metadata: `filename`, or `relativePath`, which says the folders too.

        Raises NoSuchCharacter, BadName, RecordingRefused, Refused.
        """
        folder = self._characters.folder(name)
        filename = recording_name_with_folders(metadata.get("relativePath") or metadata.get("filename", ""))
        if not length:
            check_content(filename, b"")
        with self._characters.changing:
            require_raw(folder)
            forget_completed(folder, self.limits.kept_s)
            promised = self._promised()  # which takes away what has expired
            if len(unfinished_files(folder)) >= MOST_OPEN:
                raise Refused(f"{MOST_OPEN} uploads are under way already.", f"已有 {MOST_OPEN} 个上传正在进行。")
            check_size(filename, length, self.limits, folder.raw, promised)
            return new_upload(folder, filename, length, metadata).read(self.limits.kept_s)

    def find(self, name: str, identity: str) -> Upload:
        """How far it is; what had come completely before a crash becomes a recording now.

        Raises NoSuchCharacter, NoSuchUpload, RecordingRefused.
        """
        files = files_of(self._characters.folder(name), identity)
        upload = files.read(self.limits.kept_s)
        if upload.is_complete and files.is_unfinished:
            with contextlib.suppress(BeingWritten), self._only_writer(identity):
                self._finish(files, upload)
        return upload

    def all(self, name: str) -> list[Upload]:
        """Those under way, and those completed lately; what has expired goes. Raises NoSuchCharacter."""
        found = []
        for files in all_files(self._characters.folder(name)):
            with contextlib.suppress(NoSuchUpload):
                found.append(files.read(self.limits.kept_s))
        return found

    def end(self, name: str, identity: str) -> None:
        """Forget it; a recording that it has become stays. Raises NoSuchCharacter, NoSuchUpload."""
        files = files_of(self._characters.folder(name), identity)
        files.read(self.limits.kept_s)
        files.remove()

    async def append(self, name: str, identity: str, offset: int, chunks: AsyncIterator[bytes]) -> Upload:
        """Add to an upload from its offset on. However `chunks` ends, what has come of it is kept.

        Raises NoSuchCharacter, NoSuchUpload, BeingWritten, WrongOffset, Refused for more bytes than were announced, and
        RecordingRefused for what is no recording, which ends the upload.
        """
        with self._only_writer(identity):
            folder = await asyncio.to_thread(self._characters.folder, name)
            files = files_of(folder, identity)
            upload = await asyncio.to_thread(files.read, self.limits.kept_s)
            if offset != upload.offset:
                raise WrongOffset(upload.offset)
            if files.is_unfinished:
                await self._add(files, upload, chunks)
            upload = await asyncio.to_thread(files.read, self.limits.kept_s)
            if upload.is_complete and files.is_unfinished:
                await asyncio.to_thread(self._finish, files, upload)
            return upload

    def sweep(self) -> None:
        """At the server's start: bring to its end what a killed one has left, and take away what has expired."""
        for character in self._characters.all():
            with contextlib.suppress(NoSuchCharacter):
                for files in all_files(self._characters.folder(character.name)):
                    try:
                        self.find(character.name, files.id)
                    except (NoSuchUpload, RecordingRefused):
                        files.remove()

    async def _add(self, files: UploadFiles, upload: Upload, chunks: AsyncIterator[bytes]) -> None:
        at = upload.offset
        with gone_if_absent(files.id):
            out = await asyncio.to_thread(files.data.open, "r+b")
        try:
            out.seek(at)
            async for chunk in chunks:
                if at + len(chunk) > upload.length:
                    out.truncate(upload.offset)
                    raise _more_than_announced(upload.length)
                await asyncio.to_thread(files.write, out, chunk)
                at += len(chunk)
                if at - len(chunk) < SNIFFED_BYTES <= at:
                    await asyncio.to_thread(self._check_head, files, upload)
        finally:
            with contextlib.closing(out), contextlib.suppress(OSError):
                os.fsync(out.fileno())

    def _check_head(self, files: UploadFiles, upload: Upload) -> None:
        """What is no recording by its first bytes is refused before the rest of it comes. Raises RecordingRefused."""
        with _removing(files):
            head = files.head()
            check_content(upload.filename, head)
            check_length(upload.filename, seconds_announced(head, upload.length), self.limits.longest_s)

    def _finish(self, files: UploadFiles, upload: Upload) -> None:
        """Make a recording of it. Raises RecordingRefused, NoSuchCharacter, NoSuchUpload."""
        with _removing(files):
            check_content(upload.filename, files.head())
            check_length(upload.filename, seconds_by_header(files.data), self.limits.longest_s)
        with gone_if_absent(files.id):
            self._put(files.data, files.folder.raw / upload.filename)
        files.touch()

    @contextlib.contextmanager
    def _only_writer(self, identity: str) -> Iterator[None]:
        with self._guard:
            if identity in self._writing:
                raise BeingWritten(identity)
            self._writing.add(identity)
        try:
            yield
        finally:
            with self._guard:
                self._writing.discard(identity)

    def _promised(self) -> int:
        """Bytes that are still to come to uploads under way."""
        promised = 0
        for character in self._characters.all():
            with contextlib.suppress(NoSuchCharacter):
                for files in unfinished_files(self._characters.folder(character.name)):
                    with contextlib.suppress(NoSuchUpload):
                        upload = files.read(self.limits.kept_s)
                        promised += upload.length - upload.offset
        return promised


@contextlib.contextmanager
def _removing(files: UploadFiles) -> Iterator[None]:
    """What is refused is not gone on with."""
    try:
        yield
    except RecordingRefused:
        files.remove()
        raise


def _more_than_announced(length: int) -> Refused:
    return Refused(f"More has come than the {length} bytes announced.", f"收到的数据超过了声明的 {length} 字节。")
