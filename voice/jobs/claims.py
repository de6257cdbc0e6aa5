"""The jobs as a worker sees them: takes one, keeps it by renewing, reports, ends it."""

import math
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from voice.jobs.job import MOST_ATTEMPTS, Claim, ClaimLost, Job, State
from voice.jobs.rows import add_event, drop_old_events, end_job, get_job, job_of
from voice.jobs.table import Table

DIED = "The worker ended in the middle of it."
STOPPED = "Its worker was stopped; the job waits to be taken up again.", "执行它的进程已停止，任务等待继续。"
TAKEN_UP = "It is taken up again.", "任务的进程意外结束，将继续执行。"
TIMES = {1: "once", 2: "twice"}


class Claims:
    """A worker's share of the table; every method is one transaction.

    Whatever is done with a claim that was lost raises ClaimLost and changes nothing.
    lease_s: a job that has not been renewed for so long counts as left, and belongs to whoever finds it.
    """

    def __init__(self, file: Path, owner: str, device: str, lease_s: float, now: Callable[[], float] = time.time):
        self._table = Table(file)
        self._owner = owner
        self._device = device
        self._lease_s = lease_s
        self._now = now

    def claim(self, kinds: Collection[str]) -> Claim | None:
        """The oldest waiting job of these kinds, now this worker's; None when nothing waits."""
        marks = ", ".join("?" * len(kinds))
        query = (
            f"SELECT id FROM job WHERE state IN ('pending', 'interrupted') AND kind IN ({marks}) ORDER BY rowid LIMIT 1"
        )
        take = (
            "UPDATE job SET state = 'running', owner = ?, device = ?, fence = fence + 1, attempts = attempts + 1,"
            " lease_until_s = ?, started_s = COALESCE(started_s, ?) WHERE id = ? RETURNING fence"
        )
        if not self._table.reading.execute(query, tuple(kinds)).fetchone():
            return None  # the usual case, and it needs no writer's turn
        with self._table.writing() as table:
            found = table.execute(query, tuple(kinds)).fetchone()
            if not found:
                return None
            now_s = self._now()
            values = (self._owner, self._device, now_s + self._lease_s, now_s, found["id"])
            fence = table.execute(take, values).fetchone()["fence"]
            add_event(table, found["id"], now_s, "state", {"state": "running"})
            return Claim(get_job(table, found["id"]), fence)

    def renew(self, claim: Claim) -> bool:
        """Keep the job; returns whether somebody has asked for its end."""
        with self._table.writing() as table:
            _change(table, self._owner, claim, "lease_until_s = ?", self._now() + self._lease_s)
            return get_job(table, claim.job.id).is_cancelling

    def is_sure(self, claim: Claim) -> bool:
        """Whether the job cannot have been given to somebody else unnoticed: this table is where that would happen."""
        return True

    def report(
        self, claim: Claim, stage: str | None = None, progress: float | None = None, eta_s: float | None = None
    ) -> None:
        """How far it is; progress never goes back."""
        progress, eta_s = _finite(progress), _finite(eta_s)
        change = "stage = COALESCE(?, stage), progress = MAX(progress, COALESCE(?, progress)), eta_s = ?"
        with self._table.writing() as table:
            _change(table, self._owner, claim, change, stage, progress, eta_s)
            job = get_job(table, claim.job.id)
            told = {"stage": job.stage, "progress": job.progress, "eta_s": job.eta_s}
            add_event(table, job.id, self._now(), "progress", told)
            drop_old_events(table, job.id)

    def note(self, claim: Claim, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Add log lines and points of curves, as (type, data)."""
        with self._table.writing() as table:
            _change(table, self._owner, claim, "fence = fence")
            for kind, data in events:
                add_event(table, claim.job.id, self._now(), kind, data)
            drop_old_events(table, claim.job.id)

    def finish(
        self,
        claim: Claim,
        state: State,
        result: Mapping[str, Any] | None = None,
        error: str = "",
        error_zh: str = "",
    ) -> Job:
        """The end: completed, failed or cancelled."""
        with self._table.writing() as table:
            _change(table, self._owner, claim, "owner = NULL")
            end_job(table, claim.job.id, state, self._now(), result, error, error_zh)
            return get_job(table, claim.job.id)

    def release(self, claim: Claim) -> Job:
        """Give the job back because its worker is being stopped; that is nobody's fault and counts as no attempt."""
        with self._table.writing() as table:
            _change(table, self._owner, claim, "attempts = attempts - 1")
            _leave(table, claim.job, self._now(), *STOPPED, "info")
            return get_job(table, claim.job.id)

    def crashed(self, claim: Claim, why: str) -> Job:
        """The job's process has died: it is taken up once more, or failed."""
        with self._table.writing() as table:
            _change(table, self._owner, claim, "owner = NULL")
            _take_from_worker(table, get_job(table, claim.job.id), self._now(), why)
            return get_job(table, claim.job.id)

    def recover(self) -> list[Job]:
        """Find the jobs whose worker's lease has run out: to be taken up once more, cancelled, or failed."""
        return self._recover("lease_until_s < ?", self._now())

    def recover_own(self) -> list[Job]:
        """The same for jobs of an earlier worker of this name, which is known to be gone."""
        return self._recover("owner = ?", self._owner)

    def _recover(self, which: str, value: Any) -> list[Job]:
        query = f"SELECT * FROM job WHERE state = 'running' AND {which}"
        if not self._table.reading.execute(query, (value,)).fetchone():
            return []
        with self._table.writing() as table:
            left = [job_of(row) for row in table.execute(query, (value,)).fetchall()]
            for job in left:
                _take_from_worker(table, job, self._now(), DIED)
            return [get_job(table, job.id) for job in left]

    def close(self) -> None:
        """Close this thread's connection."""
        self._table.close()


def _finite(number: float | None) -> float | None:
    """What JSON can say; a division by no time at all is no estimate."""
    return number if number is not None and math.isfinite(number) else None


def _change(table: sqlite3.Connection, owner: str, claim: Claim, what: str, *values: Any) -> None:
    """A fence is a small number that anybody can guess, so the owner counts as well."""
    mine = "id = ? AND fence = ? AND owner = ? AND state = 'running'"
    if not table.execute(f"UPDATE job SET {what} WHERE {mine}", (*values, claim.job.id, claim.fence, owner)).rowcount:
        raise lost(claim.job.id)


def lost(identity: str) -> ClaimLost:
    """What is raised when somebody else has the job now."""
    return ClaimLost(f"Job {identity} is no longer this worker's.")


def _take_from_worker(table: sqlite3.Connection, job: Job, at_s: float, why: str) -> None:
    if job.is_cancelling:
        end_job(table, job.id, "cancelled", at_s)
    elif job.attempts >= MOST_ATTEMPTS:
        times = TIMES.get(job.attempts, f"{job.attempts} times")
        end_job(table, job.id, "failed", at_s, error=f"{why} This has happened {times}; the log may say more.")
    else:
        _leave(table, job, at_s, f"{why} {TAKEN_UP[0]}", TAKEN_UP[1], "warning")


def _leave(table: sqlite3.Connection, job: Job, at_s: float, why: str, chinese: str, level: str) -> None:
    table.execute("UPDATE job SET state = 'interrupted', owner = NULL WHERE id = ?", (job.id,))
    add_event(table, job.id, at_s, "log", {"line": why, "level": level, "line_zh": chinese})
    add_event(table, job.id, at_s, "state", {"state": "pending"})
