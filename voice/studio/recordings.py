"""The recordings of a character as they were uploaded: received, listed, deleted, compared with an earlier time."""

import contextlib
import os
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio

from voice.studio.acceptance import (
    SNIFFED_BYTES,
    UploadLimits,
    check_content,
    check_length,
    no_room,
    room_in,
    seconds_by_header,
    too_large,
)
from voice.studio.characters import NoSuchCharacter
from voice.studio.folders import PARTIAL, CharacterFolder
from voice.studio.names import recording_name


class NoSuchRecording(Exception):
    """There is no recording of this name."""


@dataclass(frozen=True)
class Recording:
    """An uploaded file. duration_s: None where its container does not say."""

    filename: str
    path: Path
    size: int
    created_at: str
    modified_at: str
    duration_s: float | None


def list_recordings(folder: CharacterFolder) -> list[Recording]:
    """By name."""
    found = []
    for file in _files(folder):
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
            found.append(_recording(file))
    return found


def count_recordings(folder: CharacterFolder) -> int:
    return len(_files(folder))


def fingerprint(folder: CharacterFolder) -> dict[str, list[int]]:
    """Name, size and time of change of each recording: equal as long as nobody has touched them."""
    found = {}
    for file in _files(folder):
        with contextlib.suppress(FileNotFoundError):
            stat = file.stat()
            found[file.name] = [stat.st_size, stat.st_mtime_ns]
    return found


def difference(before: Mapping[str, list[int]], now: Mapping[str, list[int]]) -> str:
    """What happened between two fingerprints: "add_audio", "delete_audio" or ""."""
    if any(now[name] != before.get(name) for name in now):
        return "add_audio"
    return "delete_audio" if before.keys() - now.keys() else ""


async def receive(
    folder: CharacterFolder,
    name: str,
    chunks: AsyncIterator[bytes],
    limits: UploadLimits,
    put: Callable[[Path, Path], None] = os.replace,
) -> Recording:
    """Keep an upload under the last part of its name; one of the same name is replaced when all of it has come.

    put: gives the complete file its name; it may refuse because the character has gone meanwhile.
    Raises BadName, TooLarge, RecordingRefused for what is no recording by its first bytes, and NoSuchCharacter.
    """
    target = folder.raw / recording_name(name)
    require_raw(folder)
    unfinished = folder.raw / f".{uuid.uuid4().hex}{PARTIAL}"
    try:
        await _write(unfinished, target.name, chunks, limits)
        seconds = await anyio.to_thread.run_sync(seconds_by_header, unfinished)
        check_length(target.name, seconds, limits.longest_s)
        await anyio.to_thread.run_sync(put, unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return await anyio.to_thread.run_sync(_recording, target)


def require_raw(folder: CharacterFolder) -> None:
    """Make the folder for recordings; not its parents, or a deleted character would come back as an empty folder.

    Raises NoSuchCharacter.
    """
    try:
        folder.raw.mkdir(exist_ok=True)
    except FileNotFoundError:
        raise NoSuchCharacter(folder.name) from None


async def _write(unfinished: Path, name: str, chunks: AsyncIterator[bytes], limits: UploadLimits) -> None:
    """Write all of it through to the disk, and look at its first bytes as soon as they are there."""
    room = room_in(unfinished.parent)
    head = bytearray()
    async with await anyio.open_file(unfinished, "xb") as out:
        written, is_checked = 0, False
        async for chunk in chunks:
            written += len(chunk)
            if written > limits.most_bytes:
                raise too_large(name, limits.most_bytes)
            if written > room:
                raise no_room(name)
            if not is_checked:
                head += chunk
                if is_checked := len(head) >= SNIFFED_BYTES:
                    check_content(name, bytes(head))
            await out.write(chunk)
        if not is_checked:
            check_content(name, bytes(head))
        await out.flush()
        await anyio.to_thread.run_sync(os.fsync, out.wrapped.fileno())


def delete_recording(folder: CharacterFolder, name: str) -> None:
    """Raises NoSuchRecording."""
    file = find_recording(folder, name)
    try:
        file.unlink()
    except FileNotFoundError:
        raise NoSuchRecording(name) from None


def find_recording(folder: CharacterFolder, name: str) -> Path:
    """Only what is listed can be found, so no name leaves the folder. Raises NoSuchRecording."""
    for file in _files(folder):
        if file.name == name:
            return file
    raise NoSuchRecording(name)


def _files(folder: CharacterFolder) -> list[Path]:
    try:
        names = os.listdir(folder.raw)
    except (FileNotFoundError, NotADirectoryError):  # deleted meanwhile
        return []
    return [folder.raw / name for name in sorted(names) if not name.startswith(".") and (folder.raw / name).is_file()]


def _recording(file: Path) -> Recording:
    stat = file.stat()
    created, modified = (datetime.fromtimestamp(at_s).isoformat() for at_s in (stat.st_ctime, stat.st_mtime))
    return Recording(file.name, file, stat.st_size, created, modified, seconds_by_header(file))
