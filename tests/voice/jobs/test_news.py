"""The outbox: what followers of a job are told is written with the change itself, once, in order, until it was told."""

import sqlite3
from pathlib import Path

import pytest

from voice.jobs.claims import Claims
from voice.jobs.news import Outbox
from voice.jobs.rows import KEPT_EVENTS
from voice.jobs.store import JobStore
from voice.jobs.table import SCHEMA


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jobs.sqlite"


@pytest.fixture
def store(file: Path) -> JobStore:
    return JobStore(file)


@pytest.fixture
def worker(file: Path) -> Claims:
    return Claims(file, "w", "cpu", 60)


def told(outbox: Outbox) -> list[tuple[str, str]]:
    return [(news.job, news.name) for news in outbox.untold()]


def test_only_followed_jobs_have_news_and_each_name_comes_once(store: JobStore, worker: Claims, file: Path):
    for name, is_followed in (("a", True), ("b", False)):
        store.submit("k", name, {}, identity=name, is_followed=is_followed)
    for _ in range(2):
        claim = worker.claim(["k"])
        assert claim
        worker.note(
            claim, [("news", {"name": "begun", "x": 1}), ("log", {"line": "l"}), ("news", {"name": "begun", "x": 2})]
        )
        worker.finish(claim, "completed", {})
    outbox = Outbox(file)
    assert told(outbox) == [("a", "begun"), ("a", "ended")]
    assert [news.data.get("x") for news in outbox.untold()] == [1, None]
    assert outbox.untold()[1].data["state"] == "completed"


def test_it_is_handed_out_until_it_was_told_and_remembered_after(store: JobStore, worker: Claims, file: Path):
    store.submit("k", "s", {}, identity="a", is_followed=True)
    claim = worker.claim(["k"])
    assert claim
    worker.note(claim, [("news", {"name": "begun"})])
    first = Outbox(file).untold()[0]
    assert Outbox(file).untold()[0] == first, "another process finds the same number"
    Outbox(file).tell(first)
    worker.crashed(claim, "It died.")
    again = worker.claim(["k"])
    assert again
    worker.note(again, [("news", {"name": "begun"})])
    worker.crashed(again, "It died.")
    outbox = Outbox(file)
    assert told(outbox) == [("a", "ended")], "a second attempt repeats nothing"
    assert outbox.untold()[0].data["state"] == "failed"
    assert list(outbox.story("a")) == ["begun", "ended"]


def test_a_job_cancelled_while_it_waits_is_news(store: JobStore, file: Path):
    store.submit("k", "s", {}, identity="a", is_followed=True)
    store.cancel("a")
    store.cancel("a")
    assert [news.data["state"] for news in Outbox(file).untold()] == ["cancelled"]


def test_untold_news_outlive_old_events_and_old_jobs(store: JobStore, worker: Claims, file: Path):
    store.submit("k", "s", {}, identity="a", is_followed=True)
    claim = worker.claim(["k"])
    assert claim
    worker.note(claim, [("news", {"name": "begun"}), *[("log", {"line": "l"})] * (KEPT_EVENTS + 5)])
    worker.finish(claim, "failed", error="x")
    assert store.forget_older("k", 0) == []
    outbox = Outbox(file)
    assert told(outbox) == [("a", "begun"), ("a", "ended")]
    for news in outbox.untold():
        outbox.tell(news)
    assert [job.id for job in store.forget_older("k", 0)] == ["a"]
    assert outbox.story("a") == {}


def test_the_same_identity_twice_is_one_job(store: JobStore, worker: Claims):
    first = store.submit("k", "s", {"n": 1}, identity="a", is_followed=True)
    assert store.submit("k", "s", {"n": 2}, identity="a", is_followed=True) == first
    claim = worker.claim(["k"])
    assert claim
    worker.finish(claim, "completed", {})
    assert store.submit("k", "s", {"n": 3}, identity="a").state == "completed"
    assert store.count_open("k") == 0


def test_a_file_of_an_earlier_version_is_taken_over(file: Path):
    before = SCHEMA[: SCHEMA.index("CREATE TABLE IF NOT EXISTS followed")]
    with sqlite3.connect(file) as old:
        old.executescript(before)
        old.execute(
            "INSERT INTO job (id, kind, subject, parameters, state, created_s)"
            " VALUES ('old', 'k', 's', '{}', 'pending', 1)"
        )
    store = JobStore(file)
    store.cancel("old")
    store.submit("k", "t", {}, identity="new", is_followed=True)
    store.cancel("new")
    assert told(Outbox(file)) == [("new", "ended")]
