"""The worker's side of a job's files over HTTP: fetched, and sent back when the job has made something."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from voice.broker.carrier import Carrier, FilesRefused
from voice.broker.hashes import FileHashes
from voice.broker.places import is_inside
from voice.studio.folders import PARTIAL

BLOCK = 1 << 18
PATIENCE_S = 300.0
"""How long a server that is away is waited for."""
REST_S = 1.0
TRIES = 3
"""Of a file whose content does not arrive as it was announced."""


class FilesOfJob:
    """The files of one claim in a folder of this machine. check: called between blocks, and may raise."""

    def __init__(self, carrier: Carrier, job: str, fence: int, folder: Path, check: Callable[[], None]):
        self._client = carrier.client()
        self._routes = f"/api/v1/jobs/{quote(job, safe='')}/files"
        self._fence = fence
        self._folder = folder
        self._check = check
        self._hashes = FileHashes()
        self._theirs: dict[str, str] = {}

    def fetch(self) -> tuple[int, int]:
        """Make the folder's files those of the server; returns how many had to be fetched, and their bytes.

        Raises FilesRefused.
        """
        listed = {facts["path"]: facts for facts in self._call("GET", self._routes).json()["files"]}
        if astray := [path for path in listed if not path or not is_inside(path)]:
            raise FilesRefused(
                f"The server names a file that leaves the folder: {astray[0]!r:.120}.",
                f"服务端给出的文件越出了目录：{astray[0]!r:.120}。",
            )
        self._delete_others(listed.keys())
        number = size = 0
        for path, facts in listed.items():
            file = self._folder / path
            if self._hashes.of(file) != facts["sha256"]:
                self._fetch_one(path, file, facts)
                number, size = number + 1, size + facts["size"]
            os.utime(file, ns=(facts["modified_ns"], facts["modified_ns"]))
        self._theirs = {path: facts["sha256"] for path, facts in listed.items()}
        return number, size

    def send(self) -> int:
        """Make the server's files those of the folder, all at once; returns how many were sent. Raises FilesRefused."""
        ours = {path: self._hashes.of(self._folder / path) for path in self._present()}
        made = {path: sha256 for path, sha256 in ours.items() if sha256 and self._theirs.get(path) != sha256}
        deleted = sorted(self._theirs.keys() - ours.keys())
        if not made and not deleted:
            return 0
        for path, sha256 in made.items():
            self._send_one(path, sha256)
        files = {
            path: {"sha256": sha256, "modified_ns": (self._folder / path).stat().st_mtime_ns}
            for path, sha256 in made.items()
        }
        self._call("POST", self._routes, json={"fence": self._fence, "files": files, "deleted": deleted})
        self._theirs = ours
        return len(made)

    def close(self) -> None:
        self._client.close()

    def _present(self) -> Iterator[str]:
        for place, _, names in os.walk(self._folder):
            for name in names:
                file = Path(place) / name
                if not name.endswith(PARTIAL) and not file.is_symlink():
                    yield file.relative_to(self._folder).as_posix()

    def _delete_others(self, listed: Any) -> None:
        """What is left of an earlier time and has been deleted or replaced since."""
        for path in list(self._present()):
            if path not in listed:
                (self._folder / path).unlink(missing_ok=True)

    def _fetch_one(self, path: str, file: Path, facts: Mapping[str, Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f".{facts['sha256']}{PARTIAL}")
        for _ in range(TRIES):
            self._patiently(lambda: self._read_on(path, unfinished, facts["size"]))
            if self._hashes.of(unfinished) == facts["sha256"]:
                os.replace(unfinished, file)
                return
            unfinished.unlink(missing_ok=True)
        raise FilesRefused(
            f"{path} did not arrive as the server has it, {TRIES} times. Is it being changed, or the network at fault?",
            f"{path} 连续 {TRIES} 次与服务端内容不一致。文件正在被修改，或网络有问题？",
        )

    def _read_on(self, path: str, unfinished: Path, size: int) -> None:
        """From where an earlier transfer has broken off."""
        have = unfinished.stat().st_size if unfinished.exists() else 0
        if have == size and unfinished.exists():
            return
        headers = {"Range": f"bytes={have}-"} if 0 < have < size else {}
        with self._client.stream("GET", self._url(path), params={"fence": self._fence}, headers=headers) as answer:
            _require(answer)
            with unfinished.open("ab" if answer.status_code == 206 else "wb") as out:
                for block in answer.iter_bytes(BLOCK):
                    self._check()
                    out.write(block)

    def _send_one(self, path: str, sha256: str) -> None:
        def send() -> None:
            file = self._folder / path
            size = str(file.stat().st_size)
            params = {"fence": self._fence, "sha256": sha256}
            _require(
                self._client.put(
                    self._url(path), params=params, content=self._blocks(file), headers={"Content-Length": size}
                )
            )

        self._patiently(send)

    def _blocks(self, file: Path) -> Iterator[bytes]:
        with file.open("rb") as opened:
            while block := opened.read(BLOCK):
                self._check()
                yield block

    def _call(self, method: str, url: str, **more: Any) -> httpx.Response:
        params = {"fence": self._fence} if method == "GET" else None
        return self._patiently(lambda: _require(self._client.request(method, url, params=params, **more)))

    def _patiently(self, call: Callable[[], Any]) -> Any:
        """Again after a broken connection, or when the server says that it cannot just now."""
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return call()
            except (httpx.TransportError, _NotNow) as error:
                if time.monotonic() > deadline_s:
                    raise FilesRefused(
                        f"The server's files cannot be reached ({type(error).__name__}).",
                        f"无法与服务端传输文件（{type(error).__name__}）。",
                    ) from None
                self._check()
                time.sleep(REST_S)

    def _url(self, path: str) -> str:
        return f"{self._routes}/{quote(path)}"


class _NotNow(Exception):
    """The server is there and cannot answer at the moment."""


def _require(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in (502, 503, 504):
        raise _NotNow
    if answer.status_code >= 400:
        answer.read()
        try:
            told = answer.json()
        except ValueError:
            told = {}
        why = str(told.get("detail_en") or told.get("detail") or f"status {answer.status_code}")
        raise FilesRefused(
            f"The server refuses the job's files: {why}", f"服务端拒绝传输任务文件：{told.get('detail') or why}"
        )
    return answer
