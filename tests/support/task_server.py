"""The server with the task API, whose workers are those of tests: in a thread, or as a program that can be killed."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import numpy as np

from tests.support.live_server import app_with, live_server
from tests.support.server_program import ServerProgram
from tests.support.studio_work import silence, speech, wav_bytes
from tests.support.waiting import until
from voice.settings import ServerSettings, Settings
from voice.studio_settings import JobSettings, StudioSettings, TaskSettings
from voice.workshop import workshop

RAW = "u/workspace/upload_workspace/p/raw"
SLICED, DENOISED = "u/workspace/slice_workspace/p/slice", "u/workspace/denoise_workspace/p/denoise"


class Tasks:
    """A client, and the files that the server works on."""

    def __init__(self, url: str, folder: Path):
        self.url = url
        self.data = folder / "task_data"
        self._past: set[str] = set()

    def begin_anew(self) -> None:
        """Let no trouble be, and pass over the jobs so far."""
        for name in ("break", "die", "wait", "untrained"):
            (self.data / name).unlink(missing_ok=True)
        self._past |= {job["id"] for job in self.ended(0)}

    def post(self, route: str, **fields: object) -> tuple[int, Any]:
        answer = httpx.post(f"{self.url}/gpt_sovits/{route}", json=fields, timeout=30)
        return answer.status_code, answer.json()

    def jobs(self) -> list[dict[str, Any]]:
        """The oldest first."""
        jobs = httpx.get(f"{self.url}/api/v1/jobs", timeout=30).json()[::-1]
        return [job for job in jobs if job["id"] not in self._past]

    def ended(self, count: int = 1, within_s: float = 40) -> list[dict[str, Any]]:
        """All jobs, as soon as so many have come and every one has ended."""
        until(lambda: len(self.jobs()) >= count and not any(is_open(job) for job in self.jobs()), within_s=within_s)
        return self.jobs()

    def cancel(self, job: str) -> None:
        httpx.post(f"{self.url}/api/v1/jobs/{job}/cancel", timeout=30)

    def trouble(self, name: str) -> Path:
        """A file that the workers look for; see tests.support.task_jobs."""
        self.data.mkdir(exist_ok=True)
        (self.data / name).touch()
        return self.data / name


def is_open(job: dict[str, Any]) -> bool:
    return job["state"] in ("pending", "running")


def record(folder: Path, process: str = "p") -> str:
    """A folder of recordings of its own for each process; returns its path as requests give it."""
    given = RAW.replace("/p/", f"/{process}/")
    raw = folder / "task_data" / given
    raw.mkdir(parents=True)
    (raw / "a.wav").write_bytes(wav_bytes(np.concatenate([speech(), silence(1.0), speech("aishell")])))
    return given


def settings_of(folder: Path, broker: str, **tasks: Any) -> Settings:
    return Settings(
        server=ServerSettings(data_dir=str(folder / "data"), models_dir=str(folder / "models")),
        studio=StudioSettings(work_dir=str(folder / "work"), devices=["cpu"]),
        tasks=TaskSettings(data_dir=str(folder / "task_data"), **tasks),
        jobs=JobSettings(broker=broker),
    )


@contextmanager
def task_server(folder: Path, broker: str = "", token: str = "", **tasks: Any) -> Iterator[Tasks]:
    """Runs in this process; its workers do not."""
    settings = settings_of(folder, broker, **tasks)
    with patch("voice.workshop.WORKER", "tests.support.task_jobs"):
        app = app_with(settings=settings, workshop=workshop(settings), token=token)
        with live_server(app) as url:
            yield Tasks(url, folder)


class Program(ServerProgram):
    """The same as a process of its own."""

    def __init__(self, folder: Path, broker: str = ""):
        super().__init__(["-m", "tests.support.task_server", str(folder), broker])
        self.tasks = Tasks(self.url, folder)


if __name__ == "__main__":
    with task_server(Path(sys.argv[1]), sys.argv[2]) as served:
        print(served.url, flush=True)
        signal.sigwait([signal.SIGTERM, signal.SIGINT])
