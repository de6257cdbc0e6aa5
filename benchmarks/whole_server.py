"""The server as a program of its own, as a bare machine has it: with the embedded engines."""

import contextlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def whole_server(folder: Path, settings: str) -> Iterator[str]:
    """Its address, once its engines are ready. settings: the whole of its config.yaml."""
    config = folder / "config.yaml"
    config.write_text(settings, encoding="utf-8")
    command = [sys.executable, str(ROOT / "chat_server.py"), "--config", str(config), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the server did not start"
        url = found.group()
        while any(part["state"] == "loading" for part in httpx.get(f"{url}/health").json()["engines"].values()):
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)
