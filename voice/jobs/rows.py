"""Rows of the table as jobs and events, and the changes that servers and workers have in common.

Every function works inside a transaction that its caller has begun.
"""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from voice.jobs.job import ENDED, OPEN, Job, JobEvent, NoSuchJob, State
from voice.jobs.news import ENDED as END_NEWS
from voice.jobs.news import add_news

KEPT_EVENTS = 2000
"""Of each job; the oldest go first."""
OPEN_STATES = ", ".join(f"'{state}'" for state in OPEN)
OF_THE_WORKER = ("owner", "fence", "lease_until_s")
"""Columns that nobody else needs to know."""


def get_job(table: sqlite3.Connection, identity: str) -> Job:
    """Raises NoSuchJob."""
    found = table.execute("SELECT * FROM job WHERE id = ?", (identity,)).fetchone()
    if not found:
        raise NoSuchJob(f"There is no job {identity!r:.60}.")
    return job_of(found)


def end_job(
    table: sqlite3.Connection,
    identity: str,
    state: State,
    at_s: float,
    result: Mapping[str, Any] | None = None,
    error: str = "",
    error_zh: str = "",
) -> None:
    """Give a job its last state; only what has completed is at 100 %."""
    error, error_zh = writable(error), writable(error_zh)
    progress = "100" if state == "completed" else "progress"
    table.execute(
        "UPDATE job SET state = ?, finished_s = ?, result = ?, error = ?, error_zh = ?, eta_s = NULL, owner = NULL,"
        f" progress = {progress} WHERE id = ?",
        (state, at_s, None if result is None else to_json(result), error, error_zh or error, identity),
    )
    add_event(table, identity, at_s, "state", {"state": state, "error": error, "error_zh": error_zh or error})


def add_event(table: sqlite3.Connection, identity: str, at_s: float, kind: str, data: Mapping[str, Any]) -> None:
    """One line in the job's story; news and the end are kept for those who follow it, too."""
    table.execute(
        "INSERT INTO event (job, at_s, type, data) VALUES (?, ?, ?, ?)", (identity, at_s, kind, to_json(data))
    )
    if kind == "news":
        add_news(table, identity, at_s, str(data.get("name", "")), data)
    elif kind == "state" and data.get("state") in ENDED:
        add_news(table, identity, at_s, END_NEWS, data)


def drop_old_events(table: sqlite3.Connection, identity: str) -> None:
    """Keep the newest KEPT_EVENTS."""
    table.execute(
        "DELETE FROM event WHERE job = ? AND number <= (SELECT number FROM event WHERE job = ?"
        " ORDER BY number DESC LIMIT 1 OFFSET ?)",
        (identity, identity, KEPT_EVENTS),
    )


def job_of(row: sqlite3.Row) -> Job:
    fields = {name: row[name] for name in row.keys() if name not in OF_THE_WORKER}  # noqa: SIM118 - a Row is no dict
    fields["parameters"] = json.loads(fields["parameters"])
    fields["result"] = _from_json(fields["result"]) if fields["result"] else None
    fields["is_cancelling"] = bool(fields["is_cancelling"])
    return Job(**fields)


def event_of(row: sqlite3.Row) -> JobEvent:
    return JobEvent(row["number"], row["at_s"], row["type"], _from_json(row["data"]))


def to_json(data: Mapping[str, Any]) -> str:
    return writable(json.dumps(dict(data), ensure_ascii=False))


def writable(text: str) -> str:
    """Names of files may hold halves of characters, which the table does not take."""
    return text.encode(errors="replace").decode()


def _from_json(text: str) -> Any:
    """What is no number is nothing: no client could read it."""
    return json.loads(text, parse_constant=lambda _: None)
