"""A job as the function that carries it out sees it: what to do, and whom to tell."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

PAUSE_LIMIT_S = 20.0
"""How long a job stands back in one go for people who are being answered; then it does a step all the same."""
PROGRESS_EVERY_S = 0.1


class JobCancelled(Exception):
    """Somebody has asked for the job's end, and its function has come to a place where it can stop."""


class JobFailed(Exception):
    """The job cannot be done; the message is a sentence for the person who started it."""

    def __init__(self, english: str, chinese: str = ""):
        super().__init__(english)
        self.chinese = chinese or english


JobFunction = Callable[["Work"], Mapping[str, Any] | None]
"""Does a job of one kind and returns its result. Raises JobFailed, JobCancelled."""


class Work:
    """One attempt at one job, inside the process that makes it.

    attempt: 1, or 2 when an earlier one was cut off; then what it has finished should be used.
    """

    def __init__(self, told: Mapping[str, Any], answers: TextIO):
        self.kind: str = told["kind"]
        self.subject: str = told["subject"]
        self.parameters: Mapping[str, Any] = told["parameters"]
        self.attempt: int = told["attempt"]
        self.device: str = told["device"]
        self._answers = answers
        self._sending = threading.Lock()
        self._is_cancelled = threading.Event()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._last_progress_s = 0.0

    def stage(self, name: str, progress: float) -> None:
        """A step of the job begins, at this percentage of the whole."""
        self.send("progress", stage=name, progress=progress)
        self.check()

    def progress(self, progress: float, eta_s: float | None = None) -> None:
        """How far the whole job is, in percent. May be called as often as one likes; also a check()."""
        now_s = time.monotonic()
        if now_s - self._last_progress_s >= PROGRESS_EVERY_S:
            self._last_progress_s = now_s
            self.send("progress", progress=progress, eta_s=eta_s)
        self.check()

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        """A line for whoever looks at the job. chinese: the same for Chinese readers, who else get the line itself."""
        self.send("log", line=line, level=level, **({"line_zh": chinese} if chinese else {}))

    def news(self, name: str, **data: Any) -> None:
        """Something that those who follow the job are told, once for each name however often the job begins again."""
        self.send("news", name=name, **data)

    def point(self, step: int, **values: float) -> None:
        """A point of each named curve, e.g. of losses."""
        self.send("point", step=step, **values)

    def check(self) -> None:
        """To be called between steps: stands back while people are being answered, and ends a job nobody wants.

        Raises JobCancelled.
        """
        self._may_go_on.wait(PAUSE_LIMIT_S)
        if self._is_cancelled.is_set():
            raise JobCancelled

    def send(self, kind: str, **fields: Any) -> None:
        """One line to the worker."""
        line = json.dumps({"type": kind, **fields}, ensure_ascii=True)
        with self._sending:
            self._answers.write(line + "\n")
            self._answers.flush()

    def obey(self, orders: TextIO) -> None:
        """Follow the worker's words for ever; when it has gone, this process and all it has started end at once."""
        for order in orders:
            if order == "cancel\n":
                self._is_cancelled.set()
                self._may_go_on.set()
            elif order == "pause\n" and not self._is_cancelled.is_set():
                self._may_go_on.clear()
            elif order == "resume\n":
                self._may_go_on.set()
        end_this_group()


def end_this_group() -> None:
    """End this process with all its children, now."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
