"""Servers as programs of their own, which can be stopped and killed (POSIX)."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
JFK = ROOT / "tests" / "assets" / "jfk.wav"
SERVER = (str(ROOT / "chat_server.py"),)


class ServerProgram:
    """Started in a process group of its own; `url` is the first address that it prints."""

    def __init__(self, program: Sequence[str], environment: Mapping[str, str] | None = None):
        self.process = subprocess.Popen(
            [sys.executable, *program],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
        )
        assert self.process.stdout
        found = re.search(r"http://\S+", self.process.stdout.readline())
        assert found, "the server did not start"
        self.url = found.group()
        self.api = f"{self.url}/api/v1"

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(20)


def configured(folder: Path, config: str, program: Sequence[str] = SERVER) -> list[str]:
    """The command of a server on a free port, with this configuration in the folder."""
    file = folder / "config.yaml"
    file.write_text(config, encoding="utf-8")
    return [*program, "--config", str(file), "--port", "0"]


class ListeningStudio(ServerProgram):
    """chat_server.py with a studio whose recordings are heard by pocketsphinx; answers are the JSON in them."""

    CONFIG = """\
server: {data_dir: data, models_dir: models}
studio: {work_dir: work}
asr: {engine: pocketsphinx}
tts: {engine: none}
LLM: {probe_local: false}
"""

    def __init__(self, folder: Path):
        super().__init__(configured(folder, self.CONFIG))

    def get(self, path: str) -> Any:
        return httpx.get(self.api + path, timeout=20).json()

    def post(self, path: str, **content: Any) -> Any:
        return httpx.post(self.api + path, timeout=20, **content).json()
