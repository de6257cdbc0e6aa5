"""The server's side of its workers: starts them when there is work, again when one dies, and lets idle ones go."""

import asyncio
import contextlib
import logging
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio

from voice.jobs.ending import end

log = logging.getLogger("yinliu.jobs")

FIRST_REST_S, LONGEST_REST_S = 0.2, 10.0
"""Between two starts of a worker that keeps dying."""
STEADY_S = 30.0
"""A worker that has lived so long may be started at once when it dies."""
CLOSING_S = 5.0
IDLE_S = 300.0


class Supervisor:
    """Keeps the workers of some devices, and besides them those of lanes, which take jobs that must not wait.

    command: starts a worker for the device or lane it is given. idle_s: after how long without work a worker ends by
    itself, with status 0, as `command` tells it.
    """

    def __init__(
        self,
        devices: Sequence[str],
        command: Callable[[str], Sequence[str]],
        directory: Path,
        lanes: Sequence[str] = (),
        idle_s: float = IDLE_S,
    ):
        self._devices = devices
        self._lanes = lanes
        self._command = command
        self._directory = directory
        self._idle_s = idle_s
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self._woken_at_s: dict[str, float] = {}
        self._is_paused = False

    @property
    def process_ids(self) -> dict[str, int]:
        """The workers that run now, by device or lane."""
        return {name: process.pid for name, process in self._processes.items()}

    def wake(self, lane: str = "") -> None:
        """There is work for the devices, or for a lane: start the workers unless they run, and let them look."""
        now_s = asyncio.get_running_loop().time()
        for name in (lane,) if lane else self._devices:
            self._woken_at_s[name] = now_s
            if name not in self._keeping or self._keeping[name].done():
                self._keeping[name] = asyncio.create_task(self._keep(name))
            self._say("wake", name)

    def wake_all(self) -> None:
        """Nobody knows for whom the work is."""
        self.wake()
        for lane in self._lanes:
            self.wake(lane)

    def set_paused(self, is_paused: bool) -> None:
        """Whether jobs shall stand back between their steps, because somebody is being answered."""
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            for name in self._processes:
                self._say(self._word(), name)

    async def close(self) -> None:
        """End the workers; their jobs go back into the table."""
        await end(*self._keeping.values())
        self._keeping = {}

    async def _keep(self, name: str) -> None:
        """Until the worker has ended for want of work."""
        rest_s = FIRST_REST_S
        while True:
            started_s = asyncio.get_running_loop().time()
            status = await self._run(name)
            if status == 0 and self._was_idle(name):
                return
            if status == 0:
                continue
            if asyncio.get_running_loop().time() - started_s > STEADY_S:
                rest_s = FIRST_REST_S
            log.warning("The worker of %s ended (status %s) and is started again in %.1f s.", name, status, rest_s)
            await asyncio.sleep(rest_s)
            rest_s = min(2 * rest_s, LONGEST_REST_S)

    def _was_idle(self, name: str) -> bool:
        """A worker that has heard the last waking would not have ended yet."""
        return asyncio.get_running_loop().time() - self._woken_at_s[name] >= self._idle_s

    async def _run(self, name: str) -> int | None:
        """Start a worker and stay with it; leaving ends it, first by a word."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command(name), stdin=subprocess.PIPE, cwd=self._directory
            )
        except OSError as error:
            log.error("The worker of %s cannot be started: %s", name, error)
            return None
        self._processes[name] = process
        self._say(self._word(), name)
        try:
            return await process.wait()
        finally:
            del self._processes[name]
            if process.returncode is None:
                await asyncio.shield(_end(process))

    def _word(self) -> str:
        return "pause" if self._is_paused else "resume"

    def _say(self, word: str, name: str) -> None:
        process = self._processes.get(name)
        if process and process.stdin and not process.stdin.is_closing():
            process.stdin.write(f"{word}\n".encode())


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        with anyio.fail_after(CLOSING_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
