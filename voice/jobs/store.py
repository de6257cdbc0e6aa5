"""The jobs as the server sees them: hands them in, looks at them, asks for their end."""

import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from voice.jobs.job import Job, JobConflict, JobEvent
from voice.jobs.news import follow
from voice.jobs.rows import OPEN_STATES, add_event, end_job, event_of, get_job, job_of, to_json
from voice.jobs.table import Table

KEPT_JOBS = 20
"""Of each subject; the oldest ended ones are forgotten."""
BELOW = "substr(subject, 1, length(?) + 1) = ? || '/'"
"""Subjects that are parts of the one that is given twice."""


class JobStore:
    """Every method is one transaction; threads and processes may each have a store on the same file.

    now: the clock, in seconds since 1970.
    """

    def __init__(self, file: Path, now: Callable[[], float] = time.time):
        self._table = Table(file)
        self._now = now

    def submit(
        self, kind: str, subject: str, parameters: Mapping[str, Any], identity: str = "", is_followed: bool = False
    ) -> Job:
        """Hand in a job; it is on disk when this returns. Raises JobConflict.

        identity: a new one by default; the same one twice is the same job. is_followed: see voice.jobs.news.
        """
        identity = identity or uuid.uuid4().hex
        insert = "INSERT INTO job (id, kind, subject, parameters, state, created_s) VALUES (?, ?, ?, ?, 'pending', ?)"
        with self._table.writing() as table:
            if known := table.execute("SELECT * FROM job WHERE id = ?", (identity,)).fetchone():
                return job_of(known)
            if busy := _open_job(table, subject):
                raise JobConflict(busy)
            table.execute(insert, (identity, kind, subject, to_json(parameters), self._now()))
            if is_followed:
                follow(table, identity)
            add_event(table, identity, self._now(), "state", {"state": "pending"})
            _forget_old(table, subject)
            return get_job(table, identity)

    def get(self, identity: str) -> Job:
        """Raises NoSuchJob."""
        return get_job(self._table.reading, identity)

    def open_job(self, subject: str) -> Job | None:
        """The job that is waiting or running on a subject."""
        return _open_job(self._table.reading, subject)

    def open_below(self, subject: str) -> Job | None:
        """A job that is waiting or running on a part of a subject, which is named `subject/part`."""
        query = f"SELECT * FROM job WHERE {BELOW} AND state IN ({OPEN_STATES}) LIMIT 1"
        found = self._table.reading.execute(query, (subject, subject)).fetchone()
        return job_of(found) if found else None

    def has_open(self) -> bool:
        """Whether any job is waiting or running."""
        return bool(self._table.reading.execute(f"SELECT 1 FROM job WHERE state IN ({OPEN_STATES}) LIMIT 1").fetchone())

    def count_open(self, kind: str) -> int:
        """How many jobs of a kind are waiting or running."""
        query = f"SELECT COUNT(*) FROM job WHERE kind = ? AND state IN ({OPEN_STATES})"
        return self._table.reading.execute(query, (kind,)).fetchone()[0]

    def latest(self, subject: str, kind: str) -> Job | None:
        """The newest job of a kind on a subject, whatever its state."""
        query = "SELECT * FROM job WHERE subject = ? AND kind = ? ORDER BY rowid DESC LIMIT 1"
        found = self._table.reading.execute(query, (subject, kind)).fetchone()
        return job_of(found) if found else None

    def history(self, subject: str, kind: str) -> list[Job]:
        """The jobs of a kind on a subject, the newest first."""
        query = "SELECT * FROM job WHERE subject = ? AND kind = ? ORDER BY rowid DESC"
        return [job_of(row) for row in self._table.reading.execute(query, (subject, kind))]

    def of_kind(self, kind: str, limit: int) -> list[Job]:
        """The newest first."""
        query = "SELECT * FROM job WHERE kind = ? ORDER BY rowid DESC LIMIT ?"
        return [job_of(row) for row in self._table.reading.execute(query, (kind, limit))]

    def newest(self, limit: int = 100) -> list[Job]:
        """The newest first."""
        query = "SELECT * FROM job ORDER BY rowid DESC LIMIT ?"  # clocks are set back, rows are not
        return [job_of(row) for row in self._table.reading.execute(query, (limit,))]

    def events(self, identity: str, after: int = 0, limit: int = 500) -> list[JobEvent]:
        """What has happened since the event of that number, oldest first."""
        query = "SELECT * FROM event WHERE job = ? AND number > ? ORDER BY number LIMIT ?"
        return [event_of(row) for row in self._table.reading.execute(query, (identity, after, limit))]

    def log_tail(self, identity: str, lines: int = 100) -> list[str]:
        """The last lines of its log."""
        query = "SELECT * FROM event WHERE job = ? AND type = 'log' ORDER BY number DESC LIMIT ?"
        rows = self._table.reading.execute(query, (identity, lines)).fetchall()
        return [str(event_of(row).data.get("line", "")) for row in reversed(rows)]

    def cancel(self, identity: str) -> Job:
        """Ask for a job's end: one that waits ends at once, one that runs when its worker has seen to it.

        Raises NoSuchJob. Asking twice, or after the end, changes nothing.
        """
        with self._table.writing() as table:
            job = get_job(table, identity)
            if job.state in ("pending", "interrupted"):
                end_job(table, identity, "cancelled", self._now())
            elif job.state == "running":
                table.execute("UPDATE job SET is_cancelling = 1 WHERE id = ?", (identity,))
            return get_job(table, identity)

    def outdate(self, identity: str, why: str) -> None:
        """A completed job's result no longer fits what it was made from. In any other state nothing changes."""
        with self._table.writing() as table:
            if get_job(table, identity).state == "completed":
                table.execute(
                    "UPDATE job SET state = 'outdated', error = ?, error_zh = ? WHERE id = ?", (why, why, identity)
                )
                add_event(table, identity, self._now(), "state", {"state": "outdated", "error": why})

    def rename_subject(self, old: str, new: str) -> None:
        """The thing worked on has another name now; its jobs stay its own, and those of its parts."""
        with self._table.writing() as table:
            table.execute("UPDATE job SET subject = ? WHERE subject = ?", (new, old))
            table.execute(
                f"UPDATE job SET subject = ? || substr(subject, length(?) + 1) WHERE {BELOW}", (new, *[old] * 3)
            )

    def forget_subject(self, subject: str) -> None:
        """The thing is gone, and its ended jobs with it, as are those of its parts."""
        which = f"(subject = ? OR {BELOW})"
        with self._table.writing() as table:
            table.execute(f"DELETE FROM job WHERE {which} AND state NOT IN ({OPEN_STATES})", [subject] * 3)

    def forget_kind(self, subject: str, kind: str) -> None:
        """What these jobs had made is gone, and the ended ones with it."""
        with self._table.writing() as table:
            ended = f"state NOT IN ({OPEN_STATES})"
            table.execute(f"DELETE FROM job WHERE subject = ? AND kind = ? AND {ended}", (subject, kind))

    def forget_older(self, kind: str, kept: int) -> list[Job]:
        """Forget the ended jobs of a kind but for the newest and those with untold news; returns those forgotten."""
        query = (
            f"SELECT * FROM job WHERE kind = ? AND state NOT IN ({OPEN_STATES})"
            " AND id NOT IN (SELECT job FROM news WHERE NOT is_told) ORDER BY rowid DESC LIMIT -1 OFFSET ?"
        )
        with self._table.writing() as table:
            old = [job_of(row) for row in table.execute(query, (kind, kept)).fetchall()]
            table.executemany("DELETE FROM job WHERE id = ?", [(job.id,) for job in old])
            return old

    def close(self) -> None:
        """Close this thread's connection."""
        self._table.close()


def _forget_old(table: sqlite3.Connection, subject: str) -> None:
    table.execute(
        f"DELETE FROM job WHERE subject = ? AND state NOT IN ({OPEN_STATES}) AND rowid <= (SELECT rowid FROM job"
        " WHERE subject = ? ORDER BY rowid DESC LIMIT 1 OFFSET ?)",
        (subject, subject, KEPT_JOBS),
    )


def _open_job(table: sqlite3.Connection, subject: str) -> Job | None:
    query = f"SELECT * FROM job WHERE subject = ? AND state IN ({OPEN_STATES})"
    found = table.execute(query, (subject,)).fetchone()
    return job_of(found) if found else None
