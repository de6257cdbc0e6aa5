"""Lanes beside the devices' workers: quick jobs do not wait behind long ones, and idle workers end."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.job_outcomes import ended
from tests.support.waiting import until_async
from voice.jobs.store import JobStore
from voice.jobs.supervisor import Supervisor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
ROOT = Path(__file__).parents[3]
IDLE_S = 1.5


@pytest.fixture
def store(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "jobs.sqlite")


@pytest.fixture
async def supervisor(tmp_path: Path, anyio_backend: str) -> AsyncGenerator[Supervisor, None]:
    worker = [sys.executable, "-m", "tests.support.job_kinds", "worker", "--jobs", str(tmp_path / "jobs.sqlite")]

    def command(name: str) -> list[str]:
        own = ["--kinds", "fail", "--name", "quick"] if name == "quick" else ["--except-kinds", "fail"]
        return [*worker, "--device", "cpu", "--idle-s", str(IDLE_S), *own]

    supervisor = Supervisor(["cpu"], command, ROOT, ["quick"], IDLE_S)
    yield supervisor
    await supervisor.close()


async def test_a_quick_job_does_not_wait_behind_a_long_one(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    long = store.submit("count", "s", {"file": str(tmp_path / "n"), "steps": 1000, "step_s": 0.05})
    supervisor.wake()
    await until_async(lambda: store.get(long.id).state == "running")
    assert list(supervisor.process_ids) == ["cpu"], "the lane's worker is started on need"
    quick = store.submit("fail", "t", {})
    supervisor.wake("quick")
    assert (await ended(store, quick)).device == "cpu"
    assert store.get(long.id).state == "running"
    store.cancel(long.id)
    assert (await ended(store, long)).state == "cancelled"


async def test_each_worker_takes_only_its_kinds(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    quick = store.submit("fail", "t", {})
    other = store.submit("count", "s", {"file": str(tmp_path / "n"), "steps": 1})
    supervisor.wake()
    assert (await ended(store, other)).state == "completed"
    await asyncio.sleep(0.3)
    assert store.get(quick.id).state == "pending"
    supervisor.wake_all()
    assert (await ended(store, quick)).state == "failed"


async def test_idle_workers_end_and_are_started_again(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    supervisor.wake_all()
    await until_async(lambda: len(supervisor.process_ids) == 2)
    await until_async(lambda: not supervisor.process_ids)
    job = store.submit("count", "s", {"file": str(tmp_path / "n"), "steps": 1})
    supervisor.wake()
    assert (await ended(store, job)).state == "completed"
    await until_async(lambda: not supervisor.process_ids)


async def test_a_worker_is_not_idle_while_it_works(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    job = store.submit("count", "s", {"file": str(tmp_path / "n"), "steps": 50, "step_s": IDLE_S / 30})
    supervisor.wake()
    done = await ended(store, job)
    assert (done.state, done.attempts) == ("completed", 1)


async def test_work_that_comes_just_as_the_worker_goes_is_done(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    """Whether the last waking was heard cannot be seen from outside; so it is said at many moments around the end."""
    supervisor.wake()
    await until_async(lambda: supervisor.process_ids)
    for number, early_s in enumerate((0.15, 0.05, 0.0, -0.05)):
        first = store.submit("count", f"a{number}", {"file": str(tmp_path / f"a{number}"), "steps": 1})
        supervisor.wake()
        await ended(store, first)
        await asyncio.sleep(IDLE_S - early_s)
        job = store.submit("count", f"b{number}", {"file": str(tmp_path / f"b{number}"), "steps": 1})
        supervisor.wake()
        assert (await ended(store, job)).state == "completed"
