"""What others want to be told about a job: written down with the change itself, and kept until they have been told.

Jobs are followed one by one. A name of news comes once for each job, so an attempt that begins again repeats nothing.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voice.jobs.table import Table

ENDED = "ended"
"""The name of the last news of every job; its data is that of the job's last state."""


@dataclass(frozen=True)
class News:
    """number: rises in the order in which things have happened, and stays the same after a crash."""

    number: int
    job: str
    name: str
    at_s: float
    data: Mapping[str, Any]


class Outbox:
    """The news of one file of jobs. Every method is one transaction."""

    def __init__(self, file: Path):
        self._table = Table(file)

    def untold(self, limit: int = 100) -> list[News]:
        """What nobody has been told yet, oldest first."""
        query = "SELECT * FROM news WHERE NOT is_told ORDER BY number LIMIT ?"
        return [_news_of(row) for row in self._table.reading.execute(query, (limit,))]

    def story(self, job: str) -> dict[str, News]:
        """All news of a job by name, told or not, in their order."""
        rows = self._table.reading.execute("SELECT * FROM news WHERE job = ? ORDER BY number", (job,))
        return {row["name"]: _news_of(row) for row in rows}

    def tell(self, news: News) -> None:
        """It has reached whoever wanted it, and is not handed out again."""
        with self._table.writing() as table:
            table.execute("UPDATE news SET is_told = 1 WHERE number = ?", (news.number,))

    def close(self) -> None:
        """Close this thread's connection."""
        self._table.close()


def follow(table: sqlite3.Connection, job: str) -> None:
    """From now on, what happens to this job is news. To be called inside a transaction."""
    table.execute("INSERT OR IGNORE INTO followed (job) VALUES (?)", (job,))


def add_news(table: sqlite3.Connection, job: str, at_s: float, name: str, data: Mapping[str, Any]) -> None:
    """Write it down where the job is followed and the name is new. To be called inside a transaction."""
    table.execute(
        "INSERT OR IGNORE INTO news (job, name, at_s, data) SELECT job, ?, ?, ? FROM followed WHERE job = ?",
        (name, at_s, json.dumps(dict(data), ensure_ascii=True), job),
    )


def _news_of(row: sqlite3.Row) -> News:
    return News(row["number"], row["job"], row["name"], row["at_s"], json.loads(row["data"]))
