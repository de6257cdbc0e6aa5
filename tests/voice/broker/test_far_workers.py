"""Workers that see nothing of the server's disk, a broker that dies, and the worker's command line."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.job_outcomes import written
from tests.support.live_server import app_with, live_server
from tests.support.rabbit import own_broker
from tests.support.remote_server import ROOT, Place, place
from tests.support.waiting import until_async
from voice.jobs.job import Job
from voice.settings import Settings
from voice.studio_settings import JobSettings
from voice.workshop import workshop

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
BROKERS = 6
TOKEN = "a-token-of-the-test"


@contextmanager
def served(here: Place) -> Iterator[str]:
    """The whole application, which leaves all work to others."""
    settings = Settings(
        server=here.settings.server,
        studio=here.settings.studio,
        jobs=JobSettings(broker=here.url, here=False),
    )
    with live_server(app_with(settings=settings, workshop=workshop(settings), token=TOKEN)) as url:
        yield url


def health(url: str, token: str) -> dict[str, Any]:
    return httpx.get(f"{url}/health", params={"token": token} if token else {}).json()


def far(here: Place, url: str) -> tuple[str, ...]:
    token = here.folder / "token-of-the-worker"
    token.write_text(TOKEN)
    return ("--server", url, "--token-file", str(token))


def rewriting(here: Place, **more: object) -> tuple[Job, Path]:
    folder = here.work_dir / "characters" / "小音"
    (folder / "raw_audio").mkdir(parents=True)
    (folder / "raw_audio" / "a b.wav").write_bytes(b"12345")
    (folder / "stale.txt").write_text("old")
    return here.submit("rewrite", "小音", folder=str(folder), **more), folder


async def test_a_job_is_done_with_files_over_http(here: Place):
    job, folder = rewriting(here)
    with served(here) as url:
        here.start_worker(*far(here, url))
        done = await here.ended(job)
    assert done.state == "completed", done.error
    assert done.result == {"made": str(folder / "deep" / "er" / "清单.txt"), "files": 1}, "as the server sees it"
    assert (folder / "converted_audio" / "a b.wav").read_bytes() == b"54321"
    assert (folder / "deep" / "er" / "清单.txt").read_text(encoding="utf-8") == "a b.wav"
    assert not (folder / "stale.txt").exists()
    assert not list((here.folder / "scratch0").rglob("*.wav")), "nothing of the voice is left on the worker"
    assert TOKEN not in here.said()


async def test_what_a_failed_job_had_finished_is_kept_for_the_next_attempt(here: Place):
    job, folder = rewriting(here, fails=True)
    with served(here) as url:
        here.start_worker(*far(here, url))
        failed = await here.ended(job)
    assert (failed.state, failed.error) == ("failed", "It was asked to fail.")
    assert (folder / "converted_audio" / "a b.wav").exists(), "of the first stage"
    assert (folder / "stale.txt").exists()


@pytest.mark.slow
async def test_a_worker_that_was_superseded_does_not_change_a_file(here: Place):
    job, folder = rewriting(here, rest_s=3)
    with served(here) as url:
        here.start_worker(*far(here, url))
        await until_async(lambda: here.store.get(job.id).stage == "first")
        remote_fence = "UPDATE job SET fence = fence + 1, owner = 'thief' WHERE id = ?"
        with here.store._table.writing() as table:
            table.execute(remote_fence, (job.id,))
        await asyncio.sleep(5)
    assert not (folder / "converted_audio").exists()
    assert (folder / "stale.txt").exists()
    assert here.store.get(job.id).state == "running"


async def test_the_server_says_that_it_has_a_broker(here: Place):
    with served(here) as url:
        await until_async(lambda: health(url, TOKEN)["broker"]["state"] == "ready")
        assert "broker" not in health(url, ""), "strangers need not know"
        assert health(url, TOKEN)["broker"]["workers"] == 0
        here.start_worker()
        await until_async(lambda: health(url, TOKEN)["broker"]["workers"] == 1)


@pytest.mark.slow
@pytest.mark.long
async def test_a_broker_that_is_killed_and_started_disturbs_no_job_and_loses_none(tmp_path: Path):
    with own_broker() as broker, place(tmp_path, broker.url) as here:
        numbers = here.work_dir / "n"
        job = here.submit("count", "s", file=str(numbers), steps=150, step_s=0.1)
        async with here.serving():
            here.start_worker()
            await until_async(lambda: len(written(numbers)) >= 3)
            await asyncio.to_thread(broker.kill)
            later = here.submit("count", "t", file=str(here.work_dir / "m"), steps=2)
            before = len(written(numbers))
            await until_async(lambda: len(written(numbers)) > before + 5)
            await asyncio.to_thread(broker.start)
            for ended in (await here.ended(job), await here.ended(later)):
                assert (ended.state, ended.attempts) == ("completed", 1)
    assert written(numbers) == [str(number) for number in range(150)]


@pytest.mark.slow
@pytest.mark.long
async def test_server_and_worker_may_start_before_the_broker(tmp_path: Path):
    with own_broker() as broker, place(tmp_path, broker.url) as here:
        await asyncio.to_thread(broker.stop)
        job = here.submit("count", "s", file=str(here.work_dir / "n"), steps=2)
        async with here.serving() as remote:
            here.start_worker()
            await until_async(lambda: "cannot be reached" in here.said() and remote.state["note"])
            assert remote.state["state"] == "waiting"
            assert "cannot be reached" in remote.state["note"]
            await asyncio.to_thread(broker.start)
            assert (await here.ended(job)).state == "completed"
    assert here.said().count("is the address right?") <= 2, "not at every attempt"


async def test_a_wrong_password_ends_the_worker_with_a_sentence(here: Place):
    worker = here.start_worker(url=here.url.replace("guest:guest", "guest:wrong-one"))
    await until_async(lambda: worker.poll() is not None, within_s=20)
    assert worker.returncode == 1
    assert "refuses this user or password" in here.said()
    assert "wrong-one" not in here.said()


def run(*arguments: str, url: str = "amqp://guest:guest@127.0.0.1:9/") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "tests.support.remote_kinds", "worker", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "YINLIU_BROKER": url, "YINLIU_LANG": "en"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)


async def test_what_is_missing_on_the_command_line_is_told(tmp_path: Path):
    assert "--work-dir --server is required" in run().stderr
    assert "--broker or YINLIU_BROKER is needed" in run("--work-dir", str(tmp_path), url="").stderr
    assert "is no folder here" in run("--work-dir", str(tmp_path / "none")).stderr
    asked = run("--work-dir", str(tmp_path), "--scratch", str(tmp_path / "s"), "--broker", "http://u:secret@h")
    assert (asked.returncode, "looks like amqp://" in asked.stderr, "secret" in asked.stderr) == (1, True, False)
    assert "no address of a server" in run("--server", "host:1", "--scratch", str(tmp_path / "s")).stderr


async def test_sigterm_ends_an_idle_worker_at_once(here: Place):
    worker = here.start_worker()
    await until_async(lambda: "Working for" in here.said())
    worker.send_signal(signal.SIGTERM)
    await until_async(lambda: worker.poll() is not None, within_s=8)
    assert worker.returncode == 0
