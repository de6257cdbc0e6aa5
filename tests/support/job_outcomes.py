"""How jobs have ended, and what those of tests.support.job_kinds have written."""

import contextlib
from pathlib import Path

from tests.support.waiting import until_async
from voice.jobs.job import Job
from voice.jobs.store import JobStore


async def ended(store: JobStore, job: Job, within_s: float = 90.0) -> Job:
    """The job as it is when it has ended."""
    await until_async(lambda: not store.get(job.id).is_open, f"{job.kind} did not end", within_s)
    return store.get(job.id)


def written(file: Path) -> list[str]:
    """The words in a file; none where there is no file yet."""
    with contextlib.suppress(OSError):
        return file.read_text().split()
    return []
