"""Workers and the server on a real RabbitMQ: nothing is lost, nothing is done twice, whatever goes away meanwhile."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.job_outcomes import written
from tests.support.processes import is_running
from tests.support.rabbit import cut_connections
from tests.support.remote_server import Place, place
from tests.support.waiting import until_async
from voice.broker.link import BrokerLink
from voice.broker.words import DEAD, REQUESTS, ClaimRequest, answer_of, answers_to, to_bytes
from voice.jobs.claims import Claims
from voice.jobs.job import Job

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
BROKERS = 19


def count(here: Place, subject: str = "s", steps: int = 4, step_s: float = 0.05) -> tuple[Job, Path]:
    numbers = here.work_dir / f"{subject}.txt"
    return here.submit("count", subject, file=str(numbers), steps=steps, step_s=step_s), numbers


async def test_a_job_handed_in_before_there_is_a_worker_is_done_and_tells_its_story(here: Place):
    job, numbers = count(here)
    async with here.serving():
        await asyncio.sleep(0.7)
        here.start_worker()
        done = await here.ended(job)
    assert (done.state, done.result, done.progress) == ("completed", {"steps": 4, "attempt": 1, "from": 0}, 100)
    assert done.device
    assert done.device.startswith("cpu (")
    assert written(numbers) == ["0", "1", "2", "3"]
    events = here.store.events(job.id)
    stages = [event.data["stage"] for event in events if event.type == "progress"]
    assert stages == ["step0", "step1", "step2", "step3"]
    assert [event.data["loss"] for event in events if event.type == "point"] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert "printed by a library" in [event.data.get("line") for event in events]


async def test_a_worker_that_waits_is_rung(here: Place):
    async with here.serving():
        here.start_worker()
        await until_async(lambda: "Working for" in here.said())
        await asyncio.sleep(1.5)
        job, _ = count(here, steps=1)
        await here.ended(job, within_s=5)


async def test_failures_and_crashes_are_told_as_by_a_worker_here(here: Place):
    failed, broken = here.submit("fail", "a"), here.submit("break_down", "b")
    once, always = here.submit("crash", "c", once=True), here.submit("crash", "d")
    async with here.serving():
        here.start_worker()
        for job in (failed, broken, once, always):
            await here.ended(job)
    assert here.store.get(failed.id).error_zh == "没有事可做。"
    assert "ZeroDivisionError" in here.store.get(broken.id).error
    assert here.store.get(once.id).state == "completed"
    assert (here.store.get(always.id).state, here.store.get(always.id).attempts) == ("failed", 2)


@pytest.mark.slow
async def test_a_worker_killed_in_the_middle_is_replaced_and_the_job_goes_on(here: Place):
    here.lease_s = 3.0
    job, numbers = count(here, steps=30, step_s=0.1)
    async with here.serving():
        first = here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 4)
        first.send_signal(signal.SIGKILL)
        here.start_worker()
        done = await here.ended(job)
    assert (done.state, done.attempts) == ("completed", 2)
    assert done.result
    assert done.result["from"] >= 4
    assert written(numbers) == [str(number) for number in range(30)], "no step twice, none left out"


@pytest.mark.slow
async def test_ctrl_c_gives_the_job_back_and_costs_no_attempt(here: Place):
    job, numbers = count(here, steps=30, step_s=0.1)
    async with here.serving():
        first = here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
        first.send_signal(signal.SIGINT)
        await until_async(lambda: first.poll() is not None, within_s=15)
        assert first.returncode == 0
        assert here.state(job) == "interrupted"
        here.start_worker()
        done = await here.ended(job)
    assert (done.state, done.attempts) == ("completed", 1)
    assert written(numbers) == [str(number) for number in range(30)]


async def test_cancelling_reaches_a_worker_within_seconds_and_its_processes_end(here: Place):
    pids = here.work_dir / "pids"
    job = here.submit("stubborn", "s", file=str(pids))
    async with here.serving():
        here.start_worker("--cancel-grace-s", "1")
        await until_async(lambda: len(written(pids)) == 2)
        here.store.cancel(job.id)
        done = await here.ended(job, within_s=8)
    assert done.state == "cancelled"
    await until_async(lambda: not any(is_running(int(pid)) for pid in written(pids)))


@pytest.mark.slow
async def test_cut_connections_do_not_disturb_a_job(here: Place):
    job, numbers = count(here, steps=60, step_s=0.1)
    async with here.serving():
        here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
        for _ in range(2):
            await asyncio.to_thread(cut_connections, here.url)
            await asyncio.sleep(0.5)
        done = await here.ended(job)
    assert (done.state, done.attempts) == ("completed", 1)
    assert written(numbers) == [str(number) for number in range(60)]


@pytest.mark.slow
async def test_a_server_that_is_started_anew_finds_the_job_still_running(here: Place):
    here.lease_s = 4.0
    job, numbers = count(here, steps=80, step_s=0.1)
    async with here.serving():
        here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
    await asyncio.sleep(5)  # longer than the lease
    assert here.state(job) == "running"
    async with here.serving():
        done = await here.ended(job)
    assert (done.state, done.attempts) == ("completed", 1)
    assert written(numbers) == [str(number) for number in range(80)]


@pytest.mark.slow
async def test_an_end_that_comes_while_the_server_is_away_is_told_when_it_is_back(here: Place):
    job, numbers = count(here, steps=10, step_s=0.1)
    async with here.serving():
        here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
    await until_async(lambda: len(written(numbers)) == 10)
    await asyncio.sleep(1)
    assert here.state(job) == "running"
    async with here.serving():
        assert (await here.ended(job)).state == "completed"


@pytest.mark.slow
async def test_what_was_lost_to_another_worker_is_dropped(here: Place):
    """A lease that ran out in the table ends the child of the worker that had it."""
    job, numbers = count(here, steps=600, step_s=0.1)
    async with here.serving():
        here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
        thief = Claims(here.file, "thief", "cpu", 60.0, now=lambda: 1e12)
        thief.recover()
        claim = thief.claim(["count"])
        assert claim
        await asyncio.sleep(2.5)
        before = len(written(numbers))
        await asyncio.sleep(0.5)
        assert len(written(numbers)) == before
        assert thief.finish(claim, "completed", {"by": "thief"}).result == {"by": "thief"}
    assert here.store.get(job.id).result == {"by": "thief"}


@pytest.mark.slow
async def test_a_worker_that_hears_nothing_holds_its_child_in_shared_folders(here: Place):
    """Somebody else may have been given the job: nothing is written until that is known."""
    here.lease_s = 3.0
    job, numbers = count(here, steps=60, step_s=0.1)
    async with here.serving():
        here.start_worker()
        await until_async(lambda: len(written(numbers)) >= 3)
    await asyncio.sleep(4)
    held = len(written(numbers))
    assert held < 55
    await asyncio.sleep(1)
    assert len(written(numbers)) == held
    async with here.serving():
        assert (await here.ended(job)).attempts == 1
    assert written(numbers) == [str(number) for number in range(60)]


@pytest.mark.slow
async def test_a_child_that_is_held_ends_with_its_worker(here: Place):
    here.lease_s = 3.0
    pids = here.work_dir / "pids"
    here.submit("stubborn", "s", file=str(pids))
    async with here.serving():
        worker = here.start_worker()
        await until_async(lambda: len(written(pids)) == 2)
    child = int(written(pids)[0])
    await until_async(lambda: Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    worker.kill()
    await until_async(lambda: not any(is_running(int(pid)) for pid in written(pids)))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\x00 noise",
        b"[1, 2]",
        b"[" * 100_000,
        json.dumps({"say": "dance"}).encode(),
        json.dumps({"say": "report", "worker": "w", "device": "cpu", "job": "none", "fence": 1, "number": 1}).encode(),
        json.dumps({"say": "claim", "worker": "w", "device": "cpu", "kinds": "count"}).encode(),
    ],
    ids=["noise", "list", "deep", "word", "unknown-job", "wrong-type"],
)
async def test_poison_is_put_aside_once_and_stops_nobody(
    poisoned: Place, body: bytes, caplog: pytest.LogCaptureFixture
):
    here = poisoned
    async with here.serving() as remote:
        assert await remote.link.wait_up(10)
        await until_async(lambda: remote.desk.is_open)
        await remote.link.publish("", REQUESTS.name, body, reply_to="yinliu.jobs.worker.nobody")
        dead = await _taken_from(remote.link, DEAD)
    assert dead == body
    assert sum("was rejected" in record.message for record in caplog.records) == 1


async def test_a_worker_that_left_before_its_answer_came_costs_nothing(here: Place):
    """Its request waits at the broker while the server is away; the job must not be given to nobody."""
    async with here.serving() as remote:
        await until_async(lambda: remote.desk.is_open)
    job = here.submit("count", "s", file=str(here.work_dir / "n"), steps=1)
    link = BrokerLink(here.url)
    await link.open()
    assert await link.wait_up(10)
    asked = to_bytes(ClaimRequest(worker="gone", device="cpu", kinds=["count"]))
    await link.publish("", REQUESTS.name, asked, reply_to="yinliu.jobs.worker.gone", correlation_id="1")
    async with here.serving():
        await until_async(lambda: here.state(job) == "interrupted")
        await link.close()
        here.start_worker()
        assert (await here.ended(job)).attempts == 1


async def test_a_worker_that_did_not_hear_the_answer_is_told_the_same_again(here: Place):
    job = here.submit("count", "s", file=str(here.work_dir / "n"), steps=1)
    link, heard = BrokerLink(here.url), []

    async def hear(delivery) -> None:
        heard.append(answer_of(delivery.body))

    async with here.serving():
        await link.open()
        own = answers_to("deaf")
        assert await link.consume(own.name, hear, parts=[own, REQUESTS]).wait_ready(10)
        asked = to_bytes(ClaimRequest(worker="deaf", device="cpu", kinds=["count"]))
        for number in range(2):
            await link.publish("", REQUESTS.name, asked, reply_to=own.name, correlation_id="1")
            await until_async(lambda number=number: len(heard) > number)
        await link.close()
    assert [(answer.job["id"], answer.fence, answer.is_new) for answer in heard] == [
        (job.id, 1, True),
        (job.id, 1, False),
    ]


@pytest.fixture(scope="module")
def poison_url(urls: Iterator[str]) -> str:
    return next(urls)


@pytest.fixture
def poisoned(tmp_path: Path, poison_url: str) -> Iterator[Place]:
    with place(tmp_path, poison_url) as made:
        yield made


async def _taken_from(link: BrokerLink, queue: str) -> bytes:
    found: asyncio.Queue[bytes] = asyncio.Queue()

    async def handle(delivery) -> None:
        assert delivery.headers["x-queue"] == REQUESTS.name
        await found.put(delivery.body)

    link.consume(queue, handler=handle)
    return await asyncio.wait_for(found.get(), 10)


async def test_a_second_server_on_the_same_virtual_host_says_so_and_answers_nobody(here: Place, tmp_path: Path):
    (tmp_path / "other").mkdir()
    with place(tmp_path / "other", here.url) as other:
        async with here.serving() as remote:
            await until_async(lambda: remote.desk.is_open)
            async with other.serving() as second:
                await until_async(lambda: second.desk.problem[0])
                assert not second.desk.is_open
                assert "exclusive use" in second.desk.problem[0]


async def _share(here: Place, number: int, workers: int, within_s: float) -> None:
    done = here.work_dir / "done"
    jobs = [here.submit("tiny", str(index), file=str(done)) for index in range(number)]
    async with here.serving():
        for _ in range(workers):
            here.start_worker()
        await until_async(lambda: not here.store.has_open(), within_s=within_s)
    assert sorted(written(done), key=int) == [str(index) for index in range(number)], "each once"
    ended = [here.store.get(job.id) for job in jobs]
    assert {(job.state, job.attempts) for job in ended} == {("completed", 1)}


@pytest.mark.slow
async def test_two_workers_share_the_work(here: Place):
    await _share(here, 24, 2, 60)


@pytest.mark.slow
@pytest.mark.long
async def test_a_thousand_jobs_of_two_workers_are_done_once_each(here: Place):
    await _share(here, 1000, 2, 1500)


async def test_the_worker_s_child_ends_with_the_worker(here: Place):
    pids = here.work_dir / "pids"
    here.submit("stubborn", "s", file=str(pids))
    async with here.serving():
        worker = here.start_worker()
        await until_async(lambda: len(written(pids)) == 2)
        os.kill(worker.pid, signal.SIGKILL)
        await until_async(lambda: not any(is_running(int(pid)) for pid in written(pids)))
