"""One attempt at a job: a child process, what it says, and its end."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from voice.jobs.job import Claim

Line = Mapping[str, Any]
ENDINGS = ("completed", "failed", "cancelled")
LONGEST_LINE = 4000


@dataclass
class Outcome:
    """How an attempt ended. type: one of ENDINGS, or crashed."""

    type: str
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    error_zh: str = ""


class Attempt:
    """Begins with its construction. lines: what it has said since they were last taken, without its ending."""

    def __init__(self, command: Sequence[str], claim: Claim, device: str, kept_open: Sequence[int] = ()):
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a group of its own, which can be ended as one
            pass_fds=() if sys.platform == "win32" else tuple(kept_open),
        )
        self.lines: queue.SimpleQueue[Line] = queue.SimpleQueue()
        self._ending: Outcome | None = None
        self._is_held = False
        assert self._process.stdout
        assert self._process.stderr
        self._readers = [
            threading.Thread(target=self._read_answers, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._read_log, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        job = claim.job
        told = {"kind": job.kind, "subject": job.subject, "parameters": dict(job.parameters)}
        self.order(json.dumps({**told, "attempt": job.attempts, "device": device}))

    def order(self, word: str) -> None:
        """Say a word to the child, which may have gone."""
        assert self._process.stdin
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()

    def hold(self, is_held: bool) -> None:
        """Stop the child where it stands, or let it go on; it notices nothing of it."""
        if is_held != self._is_held and sys.platform != "win32":
            self._is_held = is_held
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGSTOP if is_held else signal.SIGCONT)

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        """End the child and everything it has started."""
        if sys.platform == "win32":
            self._process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def outcome(self) -> Outcome:
        """How it ended; waits for the child, and sweeps up what the child has left behind."""
        status = self._process.wait()
        self.kill()
        for reader in self._readers:
            reader.join(5)
        if self._ending:
            return self._ending
        if status < 0:
            name = signal.Signals(-status).name
            why = " (perhaps there was not enough memory)" if name == "SIGKILL" else ""
            return Outcome("crashed", error=f"Its process was ended by {name}{why}.")
        return Outcome("crashed", error=f"Its process ended with status {status} and said nothing.")

    def _read_answers(self, answers: IO[str]) -> None:
        for text in answers:
            try:
                line = json.loads(text)
                kind = line.pop("type")
            except (ValueError, KeyError, AttributeError):
                continue  # half a line of a process that was killed
            if kind in ENDINGS:
                self._ending = Outcome(kind, line.get("result") or {}, line.get("error", ""), line.get("error_zh", ""))
            else:
                self.lines.put({"type": kind, **line})

    def _read_log(self, log: IO[str]) -> None:
        for text in log:
            if text.strip():
                self.lines.put({"type": "log", "line": text.rstrip()[:LONGEST_LINE], "level": "output"})
