"""A job whose processes are killed goes on: nothing is done twice, nothing is lost, and the end is the same."""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.support.processes import descendants
from tests.support.studio_jobs import process_with_stand_in
from tests.support.studio_work import Job as HereJob
from tests.support.studio_work import character, parameters, speech, wav_bytes
from tests.support.waiting import until_async
from voice.jobs.job import Job
from voice.jobs.store import JobStore
from voice.jobs.supervisor import Supervisor
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import FILE, digest
from voice.studio.wav import RATE_HZ

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="process groups and signals are those of POSIX"),
]
ROOT = Path(__file__).parents[3]


def recordings() -> dict[str, bytes]:
    talk = speech()
    return {f"{number}.wav": wav_bytes(np.roll(talk, number * RATE_HZ)) for number in range(8)}


def told(folder: CharacterFolder, heard: Path, rest_s: float) -> dict[str, object]:
    return parameters(folder, enable_denoise=True, max_clip_s=4, heard=str(heard), rest_s=rest_s)


def files(folder: CharacterFolder) -> dict[str, str]:
    return {str(file.relative_to(folder.root)): digest(file) for file in sorted(folder.root.rglob("*.wav"))}


def texts(folder: CharacterFolder) -> list[str]:
    listed = (folder.transcripts / "denoised_audio.list").read_text(encoding="utf-8")
    return [line.replace(str(folder.root), "") for line in listed.splitlines()]


def lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if file.exists() else 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stage", "victim"),
    [("converted", "worker"), ("sliced", "worker"), ("denoised", "child"), ("transcripts", "worker")],
)
async def test_a_killed_job_goes_on_to_the_same_end(tmp_path: Path, stage: str, victim: str):
    if victim == "child" and not sys.platform.startswith("linux"):
        pytest.skip("a worker's child is only found on Linux")
    folder, heard = character(tmp_path / "killed", recordings()), tmp_path / "heard"
    store = JobStore(tmp_path / "jobs.sqlite")
    command = [sys.executable, "-m", "tests.support.studio_jobs", "worker", "--jobs", str(tmp_path / "jobs.sqlite")]
    supervisor = Supervisor(["cpu"], lambda device: [*command, "--device", device], ROOT)
    job = store.submit("process", "小音", told(folder, heard, 0.05))
    supervisor.wake()
    try:
        ledger = getattr(folder, stage) / FILE
        await until_async(lambda: lines(ledger) >= 3)
        before = files(folder)
        pid = supervisor.process_ids["cpu"]
        os.kill(pid if victim == "worker" else descendants(pid)[0], signal.SIGKILL)
        await until_async(lambda: not store.get(job.id).is_open)
    finally:
        await supervisor.close()
    done = store.get(job.id)
    assert (done.state, done.error, done.attempts) == ("completed", "", 2)
    assert_no_work_was_repeated(store, job, heard, folder)
    assert_same_as_undisturbed(folder, before, tmp_path)


def assert_no_work_was_repeated(store: JobStore, job: Job, heard: Path, folder: CharacterFolder) -> None:
    log = [event.data["line"] for event in store.events(job.id, limit=5000) if event.type == "log"]
    repeated = Counter(line for line in log if line.startswith(("Converted", "Cut")))
    assert not [line for line, times in repeated.items() if times > 1]
    clips = len(list(folder.denoised.glob("*.wav")))
    assert clips <= lines(heard) <= clips + 1, "at most the clip under way at the kill is heard again"


def assert_same_as_undisturbed(folder: CharacterFolder, before: dict[str, str], tmp_path: Path) -> None:
    undisturbed = character(tmp_path / "undisturbed", recordings())
    process_with_stand_in(HereJob(told(undisturbed, tmp_path / "heard too", 0)).work)
    assert files(folder) == files(undisturbed)
    assert texts(folder) == texts(undisturbed)
    assert before.items() <= files(folder).items()
    assert not list(folder.root.rglob("*.partial"))
