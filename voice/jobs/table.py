"""The file that holds the jobs: its tables, and transactions that survive crashes and neighbours."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger("yinliu.jobs")

BUSY_MS = 20_000
"""How long a writer waits for another process to finish writing."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    parameters TEXT NOT NULL,
    state TEXT NOT NULL,
    created_s REAL NOT NULL,
    started_s REAL,
    finished_s REAL,
    stage TEXT,
    progress REAL NOT NULL DEFAULT 0,
    eta_s REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    device TEXT,
    result TEXT,
    error TEXT NOT NULL DEFAULT '',
    error_zh TEXT NOT NULL DEFAULT '',
    is_cancelling INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    fence INTEGER NOT NULL DEFAULT 0,
    lease_until_s REAL
) STRICT;
CREATE INDEX IF NOT EXISTS job_by_state ON job (state, created_s);
CREATE INDEX IF NOT EXISTS job_by_subject ON job (subject, created_s);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_job_a_subject ON job (subject)
    WHERE state IN ('pending', 'running', 'interrupted');
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    at_s REAL NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS event_by_job ON event (job, number);
CREATE TABLE IF NOT EXISTS followed (
    job TEXT PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE IF NOT EXISTS news (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job TEXT NOT NULL REFERENCES job (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    at_s REAL NOT NULL,
    data TEXT NOT NULL,
    is_told INTEGER NOT NULL DEFAULT 0,
    UNIQUE (job, name)
) STRICT;
CREATE INDEX IF NOT EXISTS untold_news ON news (number) WHERE NOT is_told;
"""


class Table:
    """The jobs' file, for any number of threads and processes; made when it is missing."""

    def __init__(self, file: Path):
        self._file = file
        self._connections = threading.local()

    @property
    def reading(self) -> sqlite3.Connection:
        """This thread's connection: SQLite's own are not to be shared."""
        if not hasattr(self._connections, "own"):
            self._connections.own = _open(self._file)
        return self._connections.own

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all or nothing, and on disk when it is left.

        It waits for other writers before it reads, so that nothing changes in between.
        """
        connection = self.reading
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled it back already
                connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close this thread's connection; the next use opens another."""
        if hasattr(self._connections, "own"):
            self._connections.own.close()
            del self._connections.own


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline_s = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            return _prepared(file)
        except sqlite3.OperationalError as error:
            # Changing the journal's kind does not wait for another process that does the same.
            if "locked" not in str(error) or time.monotonic() > deadline_s:
                raise
            time.sleep(0.02)
        except sqlite3.DatabaseError as error:
            put_aside = file.with_name(f"{file.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
            log.error("%s is damaged (%s); it is kept as %s, and a new one begun.", file.name, error, put_aside.name)
            file.rename(put_aside)


def _prepared(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        # WAL lets readers go on while a worker writes; FULL means that power may fail at any moment.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection
