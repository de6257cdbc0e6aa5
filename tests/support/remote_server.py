"""The server's side of remote work on a table of a test's own, and workers as processes of their own."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support.job_outcomes import ended
from voice.jobs.job import Job
from voice.jobs.store import JobStore
from voice.remote_work import RemoteWork, remote_work
from voice.settings import ServerSettings, Settings
from voice.studio_settings import JobSettings, StudioSettings, TaskSettings

ROOT = Path(__file__).parents[2]


class Place:
    """A server's folders and table below one folder, and workers for it."""

    def __init__(self, folder: Path, url: str, lease_s: float = 20.0):
        self.folder = folder
        self.url = url
        self.lease_s = lease_s
        self.work_dir = folder / "work"
        self.work_dir.mkdir(exist_ok=True)
        self.file = folder / "jobs.sqlite"
        self.store = JobStore(self.file)
        self.workers: list[subprocess.Popen[str]] = []

    @property
    def settings(self) -> Settings:
        return Settings(
            server=ServerSettings(data_dir=str(self.folder), models_dir=str(self.folder / "models")),
            studio=StudioSettings(work_dir=str(self.work_dir)),
            tasks=TaskSettings(data_dir=str(self.folder / "tasks")),
            jobs=JobSettings(broker=self.url),
        )

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[RemoteWork]:
        """The desk, open."""
        remote = remote_work(self.settings, self.file, self.lease_s)
        await remote.desk.open()
        try:
            yield remote
        finally:
            await remote.desk.close()

    def start_worker(self, *flags: str, url: str = "", environment: Mapping[str, str] | None = None) -> Any:
        """Another worker, with a scratch folder of its own."""
        scratch = self.folder / f"scratch{len(self.workers)}"
        where = () if "--server" in flags else ("--work-dir", str(self.work_dir))
        command = [sys.executable, "-m", "tests.support.remote_kinds", "worker", "--device", "cpu"]
        process = subprocess.Popen(
            [*command, *where, "--scratch", str(scratch), *flags],
            cwd=ROOT,
            env={**os.environ, "YINLIU_BROKER": url or self.url, "YINLIU_LANG": "en", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / f"worker{len(self.workers)}.log").open("w"),
            text=True,
        )
        self.workers.append(process)
        return process

    def said(self, worker: int = 0) -> str:
        return (self.folder / f"worker{worker}.log").read_text()

    def end_workers(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
            worker.wait()

    def submit(self, kind: str, subject: str, **parameters: Any) -> Job:
        return self.store.submit(kind, subject, parameters)

    def state(self, job: Job) -> str:
        return self.store.get(job.id).state

    async def ended(self, job: Job, within_s: float = 60) -> Job:
        return await ended(self.store, job, within_s)


@contextlib.contextmanager
def place(folder: Path, url: str, lease_s: float = 20.0) -> Iterator[Place]:
    """Ends its workers when it is left."""
    made = Place(folder, url, lease_s)
    try:
        yield made
    finally:
        made.end_workers()
        made.store.close()
