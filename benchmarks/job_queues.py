"""Measures both queues of background work: the embedded one, and workers over RabbitMQ.

    python -m benchmarks.job_queues [--jobs 100] [--workers 2] [--broker amqp://...] [--lease-s 120] [--write]

The broker's virtual host has to be one that no server uses; without --broker only the embedded queue is measured.
"""

import argparse
import asyncio
import contextlib
import datetime
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from benchmarks import machine
from benchmarks.empty_jobs import MODULE
from benchmarks.report import replace_section, table
from voice.jobs.job import Job
from voice.jobs.store import JobStore

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
TITLE = "Queues of background work"
LIMIT_S = 600.0
HEAD = ["workers", "queue", "jobs", "jobs handed in/s", "jobs done/s", "done again after kill -9, s"]
Start = Callable[[int], "subprocess.Popen[bytes]"]


def near(file: Path) -> Start:
    """Workers of the table beside them."""
    worker = [sys.executable, "-m", MODULE, "worker", "--jobs", str(file), "--device", "cpu", "--name"]
    return lambda number: subprocess.Popen([*worker, f"w{number}"], stdin=subprocess.PIPE, cwd=HERE.parent)


def far(place: Path, url: str) -> Start:
    """Workers that know nothing but the broker."""
    worker = [sys.executable, "-m", MODULE, "worker", "--device", "cpu", "--work-dir", str(place), "--scratch"]

    def start(number: int) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "YINLIU_BROKER": url}
        command = [*worker, str(place / f"scratch{number}")]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=quiet, stderr=quiet, cwd=HERE.parent, env=environment)

    return start


@asynccontextmanager
async def desk(place: Path, file: Path, url: str, lease_s: float) -> AsyncIterator[None]:
    """The server's side of the broker."""
    from voice.remote_work import remote_work
    from voice.settings import Settings
    from voice.studio_settings import JobSettings, StudioSettings

    settings = Settings(studio=StudioSettings(work_dir=str(place)), jobs=JobSettings(broker=url))
    remote = remote_work(settings, file, lease_s)
    await remote.desk.open()
    try:
        if not await remote.link.wait_up(10):
            raise SystemExit(remote.state["note"])
        yield
    finally:
        await remote.desk.close()


@asynccontextmanager
async def running(start: Start, number: int) -> AsyncIterator[list["subprocess.Popen[bytes]"]]:
    workers = [start(index) for index in range(number)]
    try:
        yield workers
    finally:
        for worker in workers:
            await asyncio.to_thread(end, worker)  # the desk goes on answering


def end(worker: "subprocess.Popen[bytes]") -> None:
    if worker.stdin:
        worker.stdin.close()
    elif worker.poll() is None:
        worker.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.wait(20)
        return
    worker.kill()
    worker.wait()


async def until(condition: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise SystemExit(f"It did not happen within {LIMIT_S:.0f} s.")
        await asyncio.sleep(0.01)


async def throughput(store: JobStore, start: Start, jobs: int, workers: int) -> tuple[float, float]:
    """Jobs handed in and jobs done, each per second; workers run already when the first is handed in."""
    async with running(start, workers):
        first = store.submit("nothing", "first", {})
        await until(lambda: not store.get(first.id).is_open)
        began_s = time.perf_counter()
        for number in range(jobs):
            store.submit("nothing", str(number), {})
            await asyncio.sleep(0)
        submitted_s = time.perf_counter() - began_s
        await until(lambda: not store.has_open())
        return jobs / submitted_s, jobs / (time.perf_counter() - began_s)


async def recovery(store: JobStore, start: Start, begun: Path) -> float:
    """Seconds from the end of a worker to the second beginning of its job, by a worker that takes its place."""
    job: Job = store.submit("lasting", "lasting", {"file": str(begun)})
    async with running(start, 1) as workers:
        await until(lambda: begun.exists() and begun.stat().st_size > 0)
        workers[0].kill()
        killed_s = time.time()
        workers[0].wait()
        workers.append(start(0))
        await until(lambda: not store.get(job.id).is_open)
    began_again_s = float((await asyncio.to_thread(begun.read_text)).split()[-1])
    return began_again_s - killed_s


async def measure(place: Path, flags: argparse.Namespace) -> list[list[str]]:
    rows = []
    for name, url in (("embedded", ""), *((("RabbitMQ", flags.broker),) if flags.broker else ())):
        folder = place / name
        folder.mkdir()
        file = folder / "jobs.sqlite"
        store, start = JobStore(file), far(folder, url) if url else near(file)
        async with desk(folder, file, url, flags.lease_s) if url else nullcontext():
            handed_in, done = await throughput(store, start, flags.jobs, flags.workers)
            again_s = await recovery(store, start, folder / "begun")
        rows.append([str(flags.workers), name, str(flags.jobs), f"{handed_in:.0f}", f"{done:.1f}", f"{again_s:.1f}"])
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--broker", default=os.environ.get("YINLIU_BROKER", ""))
    parser.add_argument("--lease-s", type=float, default=120.0, help="of far workers; what a server uses is 120")
    parser.add_argument("--write", action="store_true", help=f"put the table into {RESULTS.name}")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="yinliu-") as place:
        rows = asyncio.run(measure(Path(place), flags))
    about = (
        f"{machine.hardware()}; load {machine.load()}; {datetime.date.today()}. Every job is a process of its own,"
        " whose start is most of its time. A far worker's job is taken up when its lease of"
        f" {flags.lease_s:.0f} s has run out."
    )
    body = f"{about}\n\n{table(HEAD, rows)}\n"
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
