"""One espeak-ng process seen from the server: started when needed and again when it dies, one section at a time."""

import asyncio
import contextlib
import logging
import struct
import subprocess
import sys
import time
from pathlib import Path

import anyio

from tts import espeak_worker as worker
from tts.synthesizer import SynthesisFailed
from tts.utterance import Utterance

STUCK_AFTER_S = 10.0
"""A process that has not finished a section by then is killed; sections take milliseconds."""
CLOSING_TIME_S = 0.5
FRUITLESS_STARTS = 3
REST_S = 10.0
"""After that many starts in a row without a finished section, no other start is tried for this long."""
KEPT_ERROR_BYTES = 4096
PROJECT = Path(__file__).resolve().parents[1]

logger = logging.getLogger(__name__)


class ProcessEnded(Exception):
    """The process died; the message is a sentence that says how."""


class EspeakProcess:
    """Owns one worker process and speaks one utterance at a time in it."""

    def __init__(self):
        self.rate_hz = 0
        self._process: asyncio.subprocess.Process | None = None
        self._errors = bytearray()
        self._reading_errors: asyncio.Task[None] | None = None
        self._requests = 0
        self._fruitless_starts = 0
        self._last_start_s = 0.0
        self._reason = ""

    @property
    def pid(self) -> int | None:
        """The running process's id."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the process unless it runs; raises SynthesisFailed."""
        if self._process and self._process.returncode is None:
            return
        await self.close()
        if self._fruitless_starts >= FRUITLESS_STARTS and time.monotonic() - self._last_start_s < REST_S:
            raise SynthesisFailed(self._reason)
        self._fruitless_starts += 1
        self._last_start_s = time.monotonic()
        try:
            await self._launch()
            with anyio.fail_after(STUCK_AFTER_S):
                self.rate_hz = await self._readiness()
        except (OSError, NotImplementedError, TimeoutError, ProcessEnded, SynthesisFailed) as error:
            await self.close()
            cause = str(error) or self._last_words() or "It gave no answer."
            self._reason = f"The embedded voice could not be started. {cause}"
            raise SynthesisFailed(self._reason) from None

    async def speak(self, utterance: Utterance) -> None:
        """Fill the utterance with sound; raises ProcessEnded, or SynthesisFailed when espeak-ng itself declines."""
        await self.start()
        self._requests += 1
        request = self._requests
        utterance.stop = lambda: self._send(worker.CANCEL, request)
        manner = f"{utterance.section.voice} {utterance.words_per_minute}"
        self._send(worker.SPEAK, request, f"{manner}\n{utterance.section.text}".encode())
        alarm = asyncio.get_running_loop().call_later(STUCK_AFTER_S, self._kill)
        try:
            await self._collect(utterance, request)
            self._fruitless_starts = 0
        except ProcessEnded:
            await self.close()
            self._reason = f"The embedded voice's process ended unexpectedly. {self._last_words()}".strip()
            logger.warning(self._reason)
            raise ProcessEnded(self._reason) from None
        finally:
            alarm.cancel()
            utterance.stop = None

    async def close(self) -> None:
        """End the process, within a second also when it hangs."""
        if not self._process:
            return
        if self._process.stdin:
            self._process.stdin.close()
        try:
            with anyio.fail_after(CLOSING_TIME_S):
                await self._drain(self._process)
        except TimeoutError:
            self._kill()
            await self._drain(self._process)
        self._process = None

    async def _launch(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", worker.__name__),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._errors.clear()
        self._reading_errors = asyncio.create_task(self._keep_errors(self._process))

    async def _readiness(self) -> int:
        kind, _, payload = await self._receive()
        if kind == worker.FAILED:
            raise SynthesisFailed(payload.decode())
        return struct.unpack("<I", payload)[0]

    async def _collect(self, utterance: Utterance, request: int) -> None:
        while True:
            kind, answered, payload = await self._receive()
            if answered != request:
                continue
            if kind == worker.END:
                return
            if kind == worker.FAILED:
                raise SynthesisFailed(payload.decode())
            utterance.add(payload)

    async def _receive(self) -> tuple[int, int, bytes]:
        stdout = self._process.stdout if self._process else None
        if not stdout:
            raise ProcessEnded
        try:
            kind, request, size = worker.HEADER.unpack(await stdout.readexactly(worker.HEADER.size))
            return kind, request, await stdout.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ProcessEnded from None

    def _send(self, kind: int, request: int, payload: bytes = b"") -> None:
        """Write without waiting: at most one section is ever in the pipe, which holds more than that."""
        stdin = self._process.stdin if self._process else None
        if stdin and not stdin.is_closing():
            stdin.write(worker.message(kind, request, payload))

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _keep_errors(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ConnectionError):
            while process.stderr and (written := await process.stderr.read(KEPT_ERROR_BYTES)):
                self._errors += written
                del self._errors[:-KEPT_ERROR_BYTES]

    def _last_words(self) -> str:
        return self._errors.decode(errors="replace").strip().rpartition("\n")[2]

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        """Wait for the end, reading what is left: asyncio does not see a process end while its pipe is full."""
        with contextlib.suppress(ConnectionError):  # Python 3.10 reports a broken stdin where the others are read
            while process.stdout and await process.stdout.read(65536):
                pass
        await process.wait()
        if self._reading_errors:
            await self._reading_errors
        with contextlib.suppress(ConnectionError):
            if process.stdin:
                await process.stdin.wait_closed()
