"""Finds the server of this machine, or starts one for the time it is needed."""

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from clients.protocol import Server
from clients.troubles import ServerTrouble

ROOT = Path(__file__).resolve().parents[2]
USUAL_URL = "http://127.0.0.1:8001"
URL_VARIABLE = "YINLIU_URL"
"""Where start.py says that the configured server would listen."""
START_LIMIT_S = 30
LOADING_LIMIT_S = 180
KEPT_WORDS = 1000
"""Characters of what a server says before it fails to start."""


@contextlib.contextmanager
def local_server(token: str) -> Iterator[tuple[Server, bool]]:
    """The running server, or one that is started on a free port and ended afterwards; and whether it was started.

    Raises ServerTrouble.
    """
    running = Server(*known_address(token))
    try:
        running.health()
    except ServerTrouble:
        running.close()
    else:
        yield running, False
        return
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "chat_server.py"), "--port", "0", "--host", "127.0.0.1"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        )
        try:
            server = Server(_printed_address(process, log), token)
            wait_until_loaded(server)
            yield server, True
        finally:
            _end(process)


def known_address(token: str) -> tuple[str, str]:
    """Where this machine's server listens, or would, and the token it has kept unless another is given."""
    return _daemon_url() or os.environ.get(URL_VARIABLE) or USUAL_URL, token or _kept_token()


def wait_until_loaded(server: Server) -> None:
    """Return once no engine is loading any more, whatever became of it."""
    deadline_s = time.monotonic() + LOADING_LIMIT_S
    while any(engine["state"] == "loading" for engine in server.health()["engines"].values()):
        if time.monotonic() > deadline_s:
            raise ServerTrouble(f"The engines of {server.url} are still loading after {LOADING_LIMIT_S} s.")
        time.sleep(0.05)


def _daemon_url() -> str:
    """Where `start.py serve --daemon` says that it listens."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return json.loads((ROOT / "logs" / "server.pid").read_text(encoding="utf-8"))["url"]
    return ""


def _kept_token() -> str:
    with contextlib.suppress(OSError):
        return (ROOT / "data" / "token").read_text(encoding="ascii").strip()
    return ""


def _printed_address(process: "subprocess.Popen[str]", log: IO[str]) -> str:
    assert process.stdout
    for line in process.stdout:
        address = re.search(r"http://\S+", line)
        if address:
            return address.group()
    process.wait(START_LIMIT_S)
    log.seek(0)
    raise ServerTrouble(f"The server did not start: {log.read().strip()[-KEPT_WORDS:] or 'see `start.py doctor`'}")


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
