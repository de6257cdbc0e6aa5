"""The jobs family over a real socket, its stream of events included."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.support.live_server import live_server
from voice.api.aside import Aside
from voice.api.errors import install_error_handlers
from voice.api.jobs import jobs_routes
from voice.jobs.claims import Claims
from voice.jobs.store import JobStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def served(file: Path) -> Iterator[str]:
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(jobs_routes(JobStore(file), Aside()))
    with live_server(app) as url:
        yield f"{url}/api/v1/jobs"


@pytest.fixture
def store(file: Path) -> JobStore:
    return JobStore(file)


@pytest.fixture
def worker(file: Path) -> Claims:
    return Claims(file, "w", "cpu", 60)


def read_events(url: str, headers: dict[str, str] | None = None) -> list[tuple[str, str, dict]]:
    """(type, id, data) of each event until the stream ends."""
    blocks = httpx.get(url, headers=headers, timeout=20).text.split("\n\n")
    parsed = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if fields:
            parsed.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return parsed


def test_jobs_are_listed_shown_and_cancelled(served: str, store: JobStore, worker: Claims):
    first, second = store.submit("process", "bob", {"x": 1}), store.submit("process", "小音", {})
    assert [job["subject"] for job in httpx.get(served).json()] == ["小音", "bob"]
    assert [job["id"] for job in httpx.get(served, params={"limit": 1}).json()] == [second.id]
    claim = worker.claim(["process"])
    assert claim
    worker.report(claim, "slice", 25.0, 12.5)
    worker.note(claim, [("log", {"line": "切片", "level": "info"})])
    shown = httpx.get(f"{served}/{first.id}").json()
    assert (shown["state"], shown["stage"], shown["progress"], shown["eta_s"]) == ("running", "slice", 25.0, 12.5)
    assert (shown["log"], shown["error"], shown["finished_at"]) == (["切片"], None, None)
    assert "T" in shown["created_at"]
    assert httpx.post(f"{served}/{second.id}/cancel").json()["state"] == "cancelled"
    asked = httpx.post(f"{served}/{first.id}/cancel").json()
    assert (asked["state"], asked["is_cancelling"]) == ("running", True)


@pytest.mark.parametrize("method", ["GET /nobody", "POST /nobody/cancel", "GET /nobody/events", "GET /..%2f.."])
def test_an_unknown_job_is_404(served: str, method: str):
    verb, path = method.split()
    answer = httpx.request(verb, served + path)
    assert answer.status_code == 404


def test_events_come_as_they_happen_and_end_with_the_job(served: str, store: JobStore, worker: Claims):
    job = store.submit("process", "bob", {})

    def work() -> None:
        claim = worker.claim(["process"])
        assert claim
        for step in range(3):
            time.sleep(0.2)
            worker.report(claim, f"step{step}", 33.0 * step)
            worker.note(claim, [("point", {"step": step, "loss": 1.0})])
        worker.finish(claim, "failed", error="步骤 slice 失败")
        worker.close()

    thread = threading.Thread(target=work)
    thread.start()
    events = read_events(f"{served}/{job.id}/events")
    thread.join()
    assert [kind for kind, _, _ in events] == ["state", "state", *["progress", "point"] * 3, "state"]
    assert events[-1][2]["state"] == "failed"
    assert events[-1][2]["error"] == "步骤 slice 失败"
    middle = events[3]
    again = read_events(f"{served}/{job.id}/events", {"Last-Event-ID": middle[1]})
    assert again == events[4:], "a listener that comes back misses nothing and hears nothing twice"
