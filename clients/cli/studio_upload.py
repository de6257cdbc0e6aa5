"""Recordings on their way to the server: in parts, gone on with after any interruption, also by a later call."""

import base64
import hashlib
import itertools
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from clients.backoff import delays_s
from clients.cli.studio_server import Refused, StudioServer
from clients.troubles import ServerTrouble

EXTENSIONS = (".wav", ".mp3", ".m4a", ".flac", ".aac", ".3gp", ".ogg", ".opus", ".webm", ".aiff", ".amr")
HEAD_BYTES = 64 << 10
"""Sent first and alone: it tells the server whether this is a recording, before the rest of it travels."""
PART_BYTES = 16 << 20
STEP_BYTES = 64 << 10
MOST_FAILURES = 10
"""In a row, over about a minute."""
TUS = {"Tus-Resumable": "1.0.0"}
BODY = {**TUS, "Content-Type": "application/offset+octet-stream"}
GONE = (404, 410)
PASSING = (408, 409, 423, 429, 500, 502, 503, 504)


@dataclass(frozen=True)
class Source:
    """A file to be sent, and how the server is told of its place among the others."""

    file: Path
    relative: str

    @property
    def size(self) -> int:
        return self.file.stat().st_size


def sources_of(given: Iterable[Path]) -> list[Source]:
    """Files as they are named, and every recording below the folders. Raises OSError for what is not there."""
    found: dict[Path, Source] = {}
    for path in given:
        if path.is_dir():
            top = path.resolve().parent
            for file in sorted(path.resolve().rglob("*")):
                if file.is_file() and file.suffix.lower() in EXTENSIONS and not file.name.startswith("."):
                    found.setdefault(file, Source(file, file.relative_to(top).as_posix()))
        else:
            path.stat()
            file = path.resolve()
            found.setdefault(file, Source(file, file.name))
    return list(_apart(list(found.values())))


def _apart(sources: list[Source]) -> Iterator[Source]:
    """Files of one name bring along the folders in which they differ."""
    for source in sources:
        alike = [str(other.file.parent) for other in sources if other.relative == source.relative]
        if len(alike) == 1:
            yield source
        else:
            yield Source(source.file, source.file.relative_to(os.path.commonpath(alike)).as_posix())


class Sender:
    """pause: waits that many seconds."""

    def __init__(self, server: StudioServer, name: str, pause: Callable[[float], None] = time.sleep):
        self._server = server
        self._place = server.place("characters", name, "audio", "uploads")
        self._pause = pause

    def known(self) -> dict[str, dict[str, Any]]:
        """Uploads that the server has, also completed ones, by what tells one file from another."""
        listed = self._server.json(self._server.send("GET", self._place))
        return {upload["metadata"].get("fingerprint", ""): upload for upload in listed}

    def send(self, source: Source, earlier: dict[str, Any] | None, moved: Callable[[int], None]) -> str:
        """Send a file, or the rest of it; returns the recording's name. moved: hears how many bytes are there.

        Raises OSError, and ServerTrouble: Refused for what the server does not keep, else when it stays away.
        """
        place = f"{self._place}/{earlier['id']}" if earlier else ""
        offset, failures = 0, 0
        while True:
            try:
                place = place or self._begin(source)
                reached, length, filename = self._where(place)
                if reached > offset:
                    offset, failures = reached, 0
                moved(reached)
                if reached == length:
                    return filename or source.file.name
                # After trouble little is sent at first: somebody else's, or our own lost, request may still be at it.
                most = HEAD_BYTES if failures else PART_BYTES
                self._part(source, place, reached, min(most, length - reached), moved)
            except ServerTrouble as trouble:
                failures += 1
                if failures > MOST_FAILURES or not _passes(trouble, bool(place)):
                    raise
                if isinstance(trouble, Refused) and trouble.status in GONE:
                    place, offset = "", 0
                self._pause(trouble.retry_after_s or next(itertools.islice(delays_s(), failures - 1, None)))

    def _begin(self, source: Source) -> str:
        told = {"filename": source.file.name, "relativePath": source.relative, "fingerprint": fingerprint(source.file)}
        pairs = (f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {**BODY, "Upload-Length": str(source.size), "Upload-Metadata": ",".join(pairs)}
        with source.file.open("rb") as content:
            created = self._server.send("POST", self._place, headers=headers, content=content.read(HEAD_BYTES))
        return urljoin(self._place, created.headers["Location"])

    def _where(self, place: str) -> tuple[int, int, str]:
        """Offset, length, and the recording's name once it is one."""
        told = self._server.send("HEAD", place, headers=TUS).headers
        return int(told["Upload-Offset"]), int(told["Upload-Length"]), unquote(told.get("Recording-Name", ""))

    def _part(self, source: Source, place: str, offset: int, size: int, moved: Callable[[int], None]) -> None:
        def steps() -> Iterator[bytes]:
            at, end = offset, offset + size
            with source.file.open("rb") as content:
                content.seek(offset)
                while step := content.read(min(STEP_BYTES, end - at)):
                    yield step
                    at += len(step)
                    moved(at)

        headers = {**BODY, "Upload-Offset": str(offset), "Content-Length": str(size)}
        self._server.send("PATCH", place, headers=headers, content=steps())


def _passes(trouble: ServerTrouble, has_begun: bool) -> bool:
    """Whether another attempt may go better."""
    if not isinstance(trouble, Refused):
        return trouble.kind == "away"
    return trouble.status in PASSING or (has_begun and trouble.status in GONE)


def fingerprint(file: Path) -> str:
    """Tells a file from others, and from itself after a change, without reading all of it."""
    stat = file.stat()
    told = hashlib.sha256(f"{stat.st_size} {stat.st_mtime_ns} {file.name}".encode("utf-8", "replace"))
    with file.open("rb") as content:
        told.update(content.read(HEAD_BYTES))
        with suppress(OSError):
            content.seek(-HEAD_BYTES, 2)
            told.update(content.read(HEAD_BYTES))
    return told.hexdigest()[:32]
