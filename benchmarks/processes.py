"""The processes of a benchmark: where they run, what they cost, and that they end."""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Cores:
    """The server under test has one to itself; everything that measures it shares the other."""

    server: int
    harness: int


def choose_cores() -> Cores | None:
    """Two of the cores this process may use; None where there are not two, or where they cannot be chosen."""
    if sys.platform != "linux":
        return None
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(server=allowed[-1], harness=allowed[0]) if len(allowed) > 1 else None


def pin(core: int | None) -> None:
    """Keep this thread, and what it starts from now on, on one core."""
    if sys.platform == "linux" and core is not None:
        os.sched_setaffinity(0, {core})


def end_with_parent() -> None:
    """To be called in a child: it ends when the parent's end of its standard input closes, however that happens."""

    def wait() -> None:
        while os.read(0, 4096):  # not sys.stdin: a thread that waits in it breaks the interpreter's end
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


class Child:
    """A Python module running as a process; `address` is the line it printed once it was ready to be asked."""

    def __init__(self, arguments: list[str]):
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self.address = ""

    def wait_until_ready(self) -> None:
        """Raises RuntimeError with the child's last words when it ended instead."""
        assert self._process.stdout
        self.address = self._process.stdout.readline().decode().strip()
        if not self.address:
            raise RuntimeError(f"A process of the benchmark ended before it was ready:\n{self.last_words()}")

    def last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")

    def cpu_s(self) -> float | None:
        """Processor time of all its threads so far; None without /proc."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float | None:
        """The most memory that was resident at once, in MiB; None without /proc."""
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), None)

    def terminate(self) -> None:
        """Ask it to end; `close` waits for that."""
        self._process.terminate()

    def close(self) -> None:
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe:
                pipe.close()


class Meter:
    """Processor seconds that the server and the harness used between `begin` and `end`; None without /proc."""

    def __init__(self, server: Child, harness: Child):
        self._server = server
        self._harness = harness
        self.server_s: float | None = None
        self.harness_s: float | None = None

    def begin(self) -> None:
        self._before = self._used()

    def end(self) -> None:
        used = [now - before for now, before in zip(self._used(), self._before, strict=True)]
        self.server_s, self.harness_s = used if used else (None, None)

    def _used(self) -> list[float]:
        server_s, harness_s = self._server.cpu_s(), self._harness.cpu_s()
        return [] if server_s is None or harness_s is None else [server_s, harness_s + time.process_time()]


@contextmanager
def running(commands: list[list[str]], core: int | None, own_core: int | None) -> Iterator[list[Child]]:
    """The processes, once all are ready; they start on `core` and this one goes on on `own_core`."""
    children: list[Child] = []
    try:
        pin(core)
        try:
            for arguments in commands:
                children.append(Child(arguments))  # noqa: PERF401 - those that run are ended when the next cannot start
        finally:
            pin(own_core)
        for child in children:
            child.wait_until_ready()
        yield children
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.close()
