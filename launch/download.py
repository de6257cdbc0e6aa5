"""Fetches a file: goes on where a broken connection left off, and lets nothing pass that has another checksum."""

import hashlib
import http.client
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO

from launch.probe import opener
from launch.progress import Progress
from launch.words import say, words

CHUNK = 1 << 18
TIMEOUT_S = 30
ATTEMPTS = 4
"""In a row without a byte; then the network is really gone."""
_FINAL = (400, 401, 403, 404, 405, 410, 451)
"""Answers of a server that another attempt will not change."""


class DownloadFailed(Exception):
    """The file could not be had from here; the message is half a sentence about why."""


class WrongFile(DownloadFailed):
    """The server sends something, but not this file; the network is not to blame."""


def partial(target: Path) -> Path:
    """What has arrived of a file so far."""
    return target.with_name(f"{target.name}.part")


def download(url: str, target: Path, sha256: str, size: int, pause: Callable[[float], None] = time.sleep) -> None:
    """Bring the file to its place, which it takes only when it is whole and its checksum is right.

    size: in bytes, as far as it is known beforehand. Raises DownloadFailed; what has arrived is kept for the next time.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = partial(target)
    failures = 0
    while True:
        before = _length(part)
        try:
            _go_on(url, part, f"{target.parent.name}/{target.name}", size)
            break
        except _Broken as broken:
            failures = 1 if _length(part) > before else failures + 1
            if failures >= ATTEMPTS:
                raise DownloadFailed(str(broken)) from broken
            say(f"{broken}; trying again ...", f"{broken}；正在重试……")
            pause(min(2.0**failures, 30))
    if _digest(part) != sha256:
        part.unlink()
        raise WrongFile(
            words("the server sends another file (its checksum is wrong)", "服务器发来的文件不对（校验和不符）")
        )
    os.replace(part, target)


class _Broken(Exception):
    """The connection ended too early, or there was none; another attempt may do."""


def _go_on(url: str, part: Path, name: str, size: int) -> None:
    """Append what is missing; raises _Broken or DownloadFailed."""
    have = _length(part)
    request = urllib.request.Request(url, headers={"User-Agent": "yinliu", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with opener(url).open(request, timeout=TIMEOUT_S) as response:
            start, total = _extent(response, have)
            with part.open("r+b" if part.exists() else "wb") as file:
                file.seek(start)
                file.truncate()
                _copy(response, file, name, total or size)
            if total and _length(part) < total:
                raise _Broken(
                    words(
                        f"the connection ended after {_length(part) / 1e6:.0f} of {total / 1e6:.0f} MB",
                        f"连接中断，已收到 {_length(part) / 1e6:.0f}/{total / 1e6:.0f} MB",
                    )
                )
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is left to send, or what is there is longer than the file
            _settle(error, part)
        elif error.code in _FINAL:
            raise DownloadFailed(_answer(error)) from error
        else:
            raise _Broken(_answer(error)) from error
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise DownloadFailed(
                words(
                    f"its certificate is not trusted here ({reason.verify_message})",
                    f"本机不信任其证书（{reason.verify_message}）",
                )
            ) from error
        raise _Broken(str(reason) or type(reason).__name__) from error


def _extent(response: http.client.HTTPResponse, have: int) -> tuple[int, int]:
    """Where the bytes of the answer belong, and the length of the whole file, 0 if it is not told."""
    told = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
    if response.status == 206 and told and int(told[1]) == have:
        return have, int(told[2]) if told[2] != "*" else 0
    if response.status == 206:
        raise DownloadFailed(words("the server sends another part than was asked for", "服务器发来的不是所请求的部分"))
    return 0, int(response.headers.get("Content-Length") or 0)


def _copy(response: IO[bytes], file: IO[bytes], name: str, total: int) -> None:
    done = file.tell()
    progress = Progress(name, total, done)
    try:
        while chunk := response.read(CHUNK):
            file.write(chunk)
            done += len(chunk)
            progress.update(done)
    finally:
        progress.finish()


def _settle(error: urllib.error.HTTPError, part: Path) -> None:
    """After "range not satisfiable": done if the file has exactly that length, otherwise from the beginning."""
    told = re.fullmatch(r"bytes \*/(\d+)", error.headers.get("Content-Range", ""))
    if not told or int(told[1]) != _length(part):
        part.unlink(missing_ok=True)
        raise _Broken(words("what had arrived before is longer than the file", "之前收到的内容比文件还长"))


def _answer(error: urllib.error.HTTPError) -> str:
    return words(f"the server answers {error.code} {error.reason}", f"服务器答复 {error.code} {error.reason}")


def _length(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
