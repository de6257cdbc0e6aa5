"""`start.py studio` at a terminal: a server as it is started, bars, an interruption that leaves the work running."""

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server_program import JFK, ROOT, ListeningStudio
from tests.support.waiting import until

pytest.importorskip("pocketsphinx", reason="pocketsphinx, which transcribes here, is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="terminals are those of POSIX"),
]


class Terminal:
    """The program as somebody sees it who sits before it."""

    def __init__(self, url: str, *arguments: str):
        self._own, theirs = os.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "YINLIU_LANG": "en"}
        command = [sys.executable, "-m", "clients.cli.studio", "--url", url, *arguments]
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.seen = ""

    def until(self, pattern: str, within_s: float = 60) -> None:
        deadline_s = time.monotonic() + within_s
        while not re.search(pattern, self.seen):
            assert time.monotonic() < deadline_s, self.seen
            if select.select([self._own], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self._own, 4096).decode(errors="replace")
                except OSError:  # the program has ended
                    assert re.search(pattern, self.seen), self.seen
                    return

    def type(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def end(self) -> int:
        with contextlib.suppress(OSError):  # which is how a terminal ends
            while data := os.read(self._own, 4096):
                self.seen += data.decode(errors="replace")
        os.close(self._own)
        return self.process.wait(30)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ListeningStudio]:
    started = ListeningStudio(tmp_path)
    try:
        yield started
    finally:
        started.end(signal.SIGTERM)


@pytest.mark.long
def test_from_a_recording_to_clips_with_an_interruption(server: ListeningStudio, tmp_path: Path):
    url = server.api.removesuffix("/api/v1")
    server.post("/characters", json={"character_name": "jfk", "config": {"language": "en"}})

    adding = Terminal(url, "add", "jfk", str(JFK))
    adding.until("1 of 1 recordings are there")
    assert adding.end() == 0
    assert "0.3 MB / 0.3 MB" in adding.seen

    working = Terminal(url, "process", "jfk")
    working.until("writing down what is said")
    working.process.send_signal(signal.SIGINT)
    working.until(r"Leave it running in the server\?")
    working.type("\n")
    working.until(r"studio watch [0-9a-f]{32}")
    assert working.end() == 0
    job = re.search(r"studio watch ([0-9a-f]{32})", working.seen)
    assert job
    assert server.get(f"/jobs/{job[1]}")["state"] in ("running", "completed"), "it goes on"

    watching = Terminal(url, "watch", "jfk")
    watching.until("processing is done", 120)
    assert watching.end() == 0

    clips = Terminal(url, "clips", "jfk")
    clips.until("to train with")
    assert clips.end() == 0
    assert "my fellow americans" in clips.seen
    until(lambda: server.get("/jobs")[0]["state"] == "completed")

    out = tmp_path / "jfk.list"
    writing = Terminal(url, "transcripts", "jfk", "--out", str(out))
    assert writing.end() == 0
    out.write_text(out.read_text().replace("americans", "Americans"), encoding="utf-8")
    reading = Terminal(url, "transcripts", "jfk", "--in", str(out))
    assert reading.end() == 0
    assert any("Americans" in line["text"] for line in server.get("/characters/jfk/transcripts")["lines"])

    persona = Terminal(url, "persona", "jfk", "--system", "You are a president.", "--speed", "0.9")
    persona.until("You are a president.")
    assert persona.end() == 0

    deleting = Terminal(url, "delete", "jfk")
    deleting.until(r"\[y/N\]")
    deleting.type("y\n")
    deleting.until("is deleted")
    assert deleting.end() == 0


@pytest.mark.long
def test_an_interrupted_job_can_be_ended(server: ListeningStudio):
    url = server.api.removesuffix("/api/v1")
    server.post("/characters", json={"character_name": "jfk", "config": {"language": "en"}})
    with JFK.open("rb") as recording:
        server.post("/characters/jfk/audio/upload", files={"file": ("jfk.wav", recording)})
    working = Terminal(url, "process", "jfk")
    working.until("converting|slicing|noise|writing")
    working.process.send_signal(signal.SIGINT)
    working.until(r"Leave it running in the server\?")
    working.type("n\n")
    working.until("Cancelled")
    assert working.end() == 1
    until(lambda: server.get("/jobs")[0]["state"] == "cancelled")
