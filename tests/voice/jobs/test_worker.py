"""Real workers with real children: ends, failures, crashes, cancellation, and nothing that outlives its owner."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from tests.support.job_outcomes import ended, written
from tests.support.processes import is_running
from tests.support.waiting import until_async
from voice.jobs.store import JobStore
from voice.jobs.supervisor import Supervisor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def store(file: Path) -> JobStore:
    return JobStore(file)


def command(file: Path, *flags: str) -> Callable[[str], list[str]]:
    worker = [sys.executable, "-m", "tests.support.job_kinds", "worker", "--jobs", str(file), *flags, "--device"]
    return lambda device: [*worker, device]


@pytest.fixture
async def supervisor(file: Path, anyio_backend: str) -> AsyncGenerator[Supervisor, None]:
    supervisor = Supervisor(["cpu"], command(file), ROOT)
    yield supervisor
    await supervisor.close()


async def test_a_job_is_done_and_tells_its_story(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    job = store.submit("count", "s", {"file": str(tmp_path / "n"), "steps": 4})
    supervisor.wake()
    done = await ended(store, job)
    assert (done.state, done.result, done.progress) == ("completed", {"steps": 4, "attempt": 1, "from": 0}, 100)
    events = store.events(job.id)
    stages = [event.data["stage"] for event in events if event.type == "progress"]
    assert stages == ["step0", "step1", "step2", "step3"]
    assert [event.data["loss"] for event in events if event.type == "point"] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert "printed by a library" in [event.data.get("line") for event in events]


@pytest.mark.parametrize(
    ("kind", "error"), [("fail", "There is nothing to do."), ("break_down", "ZeroDivisionError: by nothing")]
)
async def test_a_failure_says_why_and_is_not_repeated(store: JobStore, supervisor: Supervisor, kind: str, error: str):
    job = store.submit(kind, "s", {})
    supervisor.wake()
    failed = await ended(store, job)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert error in failed.error
    if kind == "break_down":
        assert any("break_down" in event.data.get("line", "") for event in store.events(job.id)), "the trace is kept"


async def test_a_process_that_crashes_is_tried_once_more(store: JobStore, supervisor: Supervisor):
    once = store.submit("crash", "a", {"once": True})
    always = store.submit("crash", "b", {})
    supervisor.wake()
    assert (await ended(store, once)).state == "completed"
    failed = await ended(store, always)
    assert (failed.state, failed.attempts) == ("failed", 2)
    assert "SIGSEGV" in failed.error
    assert "twice" in failed.error


async def test_a_worker_killed_in_the_middle_is_replaced_and_its_job_goes_on(
    store: JobStore, supervisor: Supervisor, tmp_path: Path
):
    numbers = tmp_path / "n"
    job = store.submit("count", "s", {"file": str(numbers), "steps": 12, "step_s": 0.1})
    supervisor.wake()
    await until_async(lambda: len(written(numbers)) >= 4)
    os.kill(supervisor.process_ids["cpu"], signal.SIGKILL)
    done = await ended(store, job)
    assert done.state == "completed"
    assert done.result
    assert done.result["attempt"] == 2
    assert done.result["from"] >= 4
    assert written(numbers) == [str(number) for number in range(12)], "no step twice, none left out"


async def test_a_stop_of_the_server_costs_no_attempt(store: JobStore, file: Path, tmp_path: Path):
    numbers = tmp_path / "n"
    job = store.submit("count", "s", {"file": str(numbers), "steps": 12, "step_s": 0.1})
    for stop in range(1, 4):
        supervisor = Supervisor(["cpu"], command(file), ROOT)
        supervisor.wake()
        await until_async(lambda wanted=3 * stop: len(written(numbers)) >= wanted)
        await supervisor.close()
        assert store.get(job.id).state in ("interrupted", "completed")
        assert store.get(job.id).public_state in ("pending", "completed")
    supervisor = Supervisor(["cpu"], command(file), ROOT)
    supervisor.wake()
    done = await ended(store, job)
    await supervisor.close()
    assert done.state == "completed"
    assert written(numbers) == [str(number) for number in range(12)]


async def test_nothing_outlives_a_server_that_is_killed(store: JobStore, file: Path, tmp_path: Path):
    pids = tmp_path / "pids"
    job = store.submit("stubborn", "s", {"file": str(pids)})
    worker = await asyncio.create_subprocess_exec(*command(file)("cpu"), cwd=ROOT, stdin=subprocess.PIPE)
    await until_async(lambda: len(written(pids)) == 2)
    assert worker.stdin
    worker.stdin.close()  # what a killed server leaves behind: a closed pipe
    await asyncio.wait_for(worker.wait(), 30)
    for pid in written(pids):
        await until_async(lambda pid=pid: not is_running(int(pid)))
    assert store.get(job.id).state == "interrupted"


async def test_nothing_outlives_a_worker_that_is_killed(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    pids = tmp_path / "pids"
    store.submit("stubborn", "s", {"file": str(pids)})
    supervisor.wake()
    await until_async(lambda: len(written(pids)) == 2)
    first = written(pids)
    os.kill(supervisor.process_ids["cpu"], signal.SIGKILL)
    for pid in first:
        await until_async(lambda pid=pid: not is_running(int(pid)))


async def test_what_a_job_leaves_behind_is_swept_up(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    job = store.submit("leave_behind", "s", {"file": str(tmp_path / "pid")})
    supervisor.wake()
    assert (await ended(store, job)).state == "completed"
    await until_async(lambda: not is_running(int(written(tmp_path / "pid")[0])))


async def test_cancelling_stops_a_job_at_its_next_step(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    numbers = tmp_path / "n"
    job = store.submit("count", "s", {"file": str(numbers), "steps": 1000, "step_s": 0.05})
    waiting = store.submit("count", "t", {"file": str(tmp_path / "m"), "steps": 1})
    supervisor.wake()
    await until_async(lambda: len(written(numbers)) >= 2)
    store.cancel(job.id)
    cancelled = await ended(store, job)
    assert cancelled.state == "cancelled"
    assert len(written(numbers)) < 200
    assert (await ended(store, waiting)).state == "completed", "the next in line is done"


async def test_a_job_that_does_not_listen_is_ended_with_its_programs(store: JobStore, file: Path, tmp_path: Path):
    pids = tmp_path / "pids"
    job = store.submit("stubborn", "s", {"file": str(pids)})
    supervisor = Supervisor(["cpu"], command(file, "--cancel-grace-s", "0.3"), ROOT)
    supervisor.wake()
    try:
        await until_async(lambda: len(written(pids)) == 2)
        store.cancel(job.id)
        assert (await ended(store, job)).state == "cancelled"
        for pid in written(pids):
            await until_async(lambda pid=pid: not is_running(int(pid)))
    finally:
        await supervisor.close()


async def test_a_job_stands_back_while_somebody_is_answered(store: JobStore, supervisor: Supervisor, tmp_path: Path):
    numbers = tmp_path / "n"
    job = store.submit("count", "s", {"file": str(numbers), "steps": 40, "step_s": 0.05})
    supervisor.wake()
    await until_async(lambda: len(written(numbers)) >= 2)
    supervisor.set_paused(True)
    await asyncio.sleep(0.5)
    before = len(written(numbers))
    await asyncio.sleep(0.7)
    assert len(written(numbers)) == before
    supervisor.set_paused(False)
    assert (await ended(store, job)).state == "completed"


async def test_a_second_worker_of_the_device_waits_and_takes_nothing(
    store: JobStore, supervisor: Supervisor, file: Path, tmp_path: Path
):
    supervisor.wake()
    await until_async(lambda: supervisor.process_ids)
    other = Supervisor(["cpu"], command(file), ROOT)
    other.wake()
    jobs = [store.submit("count", str(n), {"file": str(tmp_path / str(n)), "steps": 2}) for n in range(6)]
    for job in jobs:
        assert (await ended(store, job)).attempts == 1
    await other.close()
