"""The jobs as a process sees them that speaks for workers on other machines."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager

from voice.jobs.claims import Claims, lost
from voice.jobs.job import Claim, Job
from voice.jobs.rows import get_job, job_of

HELD = "id = ? AND fence = ? AND state = 'running' AND substr(owner, 1, ?) = ?"


class Delegate(Claims):
    """Claims of whichever worker is meant: see `of`."""

    def of(self, owner: str, device: str) -> "Delegate":
        """The share of another worker for whom this process speaks, in the same table."""
        other = copy.copy(self)
        other._owner, other._device = owner, device
        return other

    def is_cancelling(self, claim: Claim) -> bool:
        """Whether somebody has asked for the job's end; renews nothing."""
        found = self._table.reading.execute(
            "SELECT is_cancelling FROM job WHERE id = ? AND fence = ? AND owner = ? AND state = 'running'",
            (claim.job.id, claim.fence, self._owner),
        ).fetchone()
        if not found:
            raise lost(claim.job.id)
        return bool(found["is_cancelling"])

    def as_claim(self, identity: str, fence: int) -> Claim:
        """What a worker holds, or believes to hold. Raises NoSuchJob."""
        return Claim(get_job(self._table.reading, identity), fence)

    def held(self) -> Claim | None:
        """The job that this worker has, for one that has not heard of its having got it."""
        query = "SELECT * FROM job WHERE owner = ? AND state = 'running' ORDER BY rowid LIMIT 1"
        found = self._table.reading.execute(query, (self._owner,)).fetchone()
        return Claim(job_of(found), found["fence"]) if found else None

    def held_by(self, owners: str, identity: str, fence: int) -> Job:
        """The job, if a worker whose name begins so has it. Raises ClaimLost."""
        query = f"SELECT * FROM job WHERE {HELD}"
        found = self._table.reading.execute(query, (identity, fence, len(owners), owners)).fetchone()
        if not found:
            raise lost(identity)
        return job_of(found)

    @contextmanager
    def guarded(self, owners: str, identity: str, fence: int) -> Iterator[Job]:
        """The same, and nobody can take it over while the block lasts: for short changes outside of the table.

        Raises ClaimLost.
        """
        with self._table.writing() as table:
            change = f"UPDATE job SET fence = fence WHERE {HELD}"
            changed = table.execute(change, (identity, fence, len(owners), owners))
            if not changed.rowcount:
                raise lost(identity)
            yield get_job(table, identity)

    def keep_all(self, owners: str) -> None:
        """Renew the jobs of all workers whose names begin so, who could not do it themselves."""
        query = "SELECT 1 FROM job WHERE state = 'running' AND substr(owner, 1, ?) = ? LIMIT 1"
        if self._table.reading.execute(query, (len(owners), owners)).fetchone():
            keep = "UPDATE job SET lease_until_s = ? WHERE state = 'running' AND substr(owner, 1, ?) = ?"
            with self._table.writing() as table:
                table.execute(keep, (self._now() + self._lease_s, len(owners), owners))

    def waiting(self) -> tuple[int, int, list[str]]:
        """How many jobs wait for a worker, the row of the newest, and of which kinds they are."""
        query = (
            "SELECT kind, COUNT(*) AS number, MAX(rowid) AS newest FROM job"
            " WHERE state IN ('pending', 'interrupted') GROUP BY kind"
        )
        rows = self._table.reading.execute(query).fetchall()
        newest = max((row["newest"] for row in rows), default=0)
        return sum(row["number"] for row in rows), newest, [row["kind"] for row in rows]
