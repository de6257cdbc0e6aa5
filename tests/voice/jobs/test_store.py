"""The table of jobs: what each call does, whatever order calls come in, and that nothing is lost by kill -9."""

import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from voice.jobs.claims import Claims
from voice.jobs.job import ENDED, MOST_ATTEMPTS, ClaimLost, JobConflict, NoSuchJob
from voice.jobs.rows import KEPT_EVENTS
from voice.jobs.store import KEPT_JOBS, JobStore

ROOT = Path(__file__).parents[3]
LEASE_S = 10.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> JobStore:
    return JobStore(tmp_path / "data" / "jobs.sqlite", clock)


@pytest.fixture
def worker(tmp_path: Path, clock: Clock) -> Claims:
    return Claims(tmp_path / "data" / "jobs.sqlite", "w1", "cpu", LEASE_S, clock)


def states(store: JobStore, identity: str) -> list[str]:
    return [event.data["state"] for event in store.events(identity) if event.type == "state"]


def test_a_job_from_beginning_to_end(store: JobStore, worker: Claims, clock: Clock):
    job = store.submit("process", "bob", {"denoise": True, "name": "小音"})
    assert (job.state, job.progress, job.attempts, job.parameters["name"]) == ("pending", 0, 0, "小音")
    claim = worker.claim(["process"])
    assert claim
    clock.now_s += 5
    worker.report(claim, "slice", 25.0, 30.0)
    worker.note(claim, [("log", {"line": "slicing"}), ("point", {"loss": 1.5})])
    running = store.get(job.id)
    assert (running.state, running.stage, running.progress, running.eta_s) == ("running", "slice", 25.0, 30.0)
    assert running.device == "cpu"
    ended = worker.finish(claim, "completed", {"clips": 3})
    assert (ended.state, ended.progress, ended.result, ended.eta_s) == ("completed", 100, {"clips": 3}, None)
    assert ended.finished_s == 1005
    assert store.latest("bob", "process") == ended
    assert [event.type for event in store.events(job.id)] == ["state", "state", "progress", "log", "point", "state"]
    assert states(store, job.id) == ["pending", "running", "completed"]


def test_progress_never_goes_back(store: JobStore, worker: Claims):
    store.submit("a", "s", {})
    claim = worker.claim(["a"])
    assert claim
    for progress in (50.0, 20.0, None):
        worker.report(claim, progress=progress)
    assert store.get(claim.job.id).progress == 50


def test_a_subject_has_one_open_job(store: JobStore, worker: Claims):
    first = store.submit("process", "bob", {})
    with pytest.raises(JobConflict, match="bob is busy with another job") as conflict:
        store.submit("train", "bob", {})
    assert conflict.value.job == first
    store.submit("process", "bob2", {})
    claim = worker.claim(["process"])
    assert claim
    worker.finish(claim, "failed", error="no")
    assert store.submit("train", "bob", {}).state == "pending"


def test_jobs_are_taken_oldest_first_and_by_kind(store: JobStore, worker: Claims, clock: Clock):
    for number in range(3):
        clock.now_s += 1
        store.submit("ab"[number % 2], str(number), {})
    taken = [worker.claim(["a"]), worker.claim(["a"]), worker.claim(["a"])]
    assert [claim and claim.job.subject for claim in taken] == ["0", "2", None]


@pytest.mark.parametrize("when", ["pending", "running", "interrupted", "completed"])
def test_cancel_in_any_state(store: JobStore, worker: Claims, clock: Clock, when: str):
    job = store.submit("a", "s", {})
    claim = worker.claim(["a"]) if when != "pending" else None
    if when == "interrupted":
        clock.now_s += LEASE_S + 1
        worker.recover()
    elif claim and when == "completed":
        worker.finish(claim, "completed")
    asked = store.cancel(job.id)
    assert store.cancel(job.id) == asked
    if claim and when == "running":
        assert asked.is_cancelling
        assert worker.renew(claim)
        worker.finish(claim, "cancelled")
    assert store.get(job.id).state == ("completed" if when == "completed" else "cancelled")


def test_a_dead_worker_s_job_is_taken_up_once_and_then_fails(store: JobStore, worker: Claims, clock: Clock):
    job, found = store.submit("a", "s", {}), None
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claim = worker.claim(["a"])
        assert claim
        assert claim.job.attempts == attempt
        worker.report(claim, "slice", 10.0 * attempt)
        clock.now_s += LEASE_S - 1
        assert worker.recover() == []
        clock.now_s += 2
        (found,) = worker.recover()
    assert found
    assert (found.state, found.progress) == ("failed", 20)
    assert "twice" in found.error
    assert worker.claim(["a"]) is None
    log = [event.data for event in store.events(job.id) if event.type == "log"]
    assert any("taken up again" in line["line"] and "继续" in line["line_zh"] for line in log)


def test_a_job_found_dead_while_its_end_was_wanted_is_cancelled(store: JobStore, worker: Claims, clock: Clock):
    job = store.submit("a", "s", {})
    worker.claim(["a"])
    store.cancel(job.id)
    clock.now_s += LEASE_S + 1
    assert [found.state for found in worker.recover()] == ["cancelled"]


def test_who_comes_back_too_late_changes_nothing(store: JobStore, worker: Claims, clock: Clock, tmp_path: Path):
    store.submit("a", "s", {})
    late = worker.claim(["a"])
    assert late
    clock.now_s += LEASE_S + 1
    other = Claims(tmp_path / "data" / "jobs.sqlite", "w2", "cpu", LEASE_S, clock)
    other.recover()
    now = other.claim(["a"])
    assert now
    before = store.get(late.job.id)
    for call in (
        lambda: worker.renew(late),
        lambda: worker.report(late, "x", 99.0),
        lambda: worker.note(late, [("log", {"line": "ghost"})]),
        lambda: worker.finish(late, "completed"),
    ):
        with pytest.raises(ClaimLost):
            call()
    assert store.get(late.job.id) == before
    assert not any(event.data.get("line") == "ghost" for event in store.events(late.job.id))
    assert other.finish(now, "completed").state == "completed"


def test_only_what_has_completed_becomes_outdated(store: JobStore, worker: Claims):
    job = store.submit("a", "s", {})
    store.outdate(job.id, "changed")
    assert store.get(job.id).state == "pending"
    claim = worker.claim(["a"])
    assert claim
    worker.finish(claim, "completed", {"n": 1})
    store.outdate(job.id, "音频文件已变更: add_audio")
    outdated = store.get(job.id)
    assert (outdated.state, outdated.error, outdated.result) == ("outdated", "音频文件已变更: add_audio", {"n": 1})


def test_subjects_are_renamed_and_forgotten(store: JobStore, worker: Claims):
    store.submit("a", "old", {})
    store.rename_subject("old", "new")
    assert store.latest("old", "a") is None
    claim = worker.claim(["a"])
    assert claim
    store.forget_subject("new")
    assert store.latest("new", "a"), "a job under way is not forgotten"
    worker.finish(claim, "completed")
    store.forget_subject("new")
    with pytest.raises(NoSuchJob):
        store.get(claim.job.id)
    assert store.events(claim.job.id) == []


def test_a_talkative_job_keeps_its_newest_lines(store: JobStore, worker: Claims):
    store.submit("a", "s", {})
    claim = worker.claim(["a"])
    assert claim
    for start in range(0, KEPT_EVENTS + 600, 200):
        worker.note(claim, [("log", {"line": number}) for number in range(start, start + 200)])
    kept = store.events(claim.job.id, limit=10 * KEPT_EVENTS)
    assert len(kept) == KEPT_EVENTS
    assert kept[-1].data["line"] == KEPT_EVENTS + 599
    assert store.events(claim.job.id, after=kept[-3].number) == kept[-2:]


def test_a_full_disk_loses_nothing_that_was_there(store: JobStore, tmp_path: Path):
    job = store.submit("a", "s", {"x": 1})
    limited = sqlite3.connect(tmp_path / "data" / "jobs.sqlite")
    pages = limited.execute("PRAGMA page_count").fetchone()[0]
    limited.close()
    store._table.reading.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.submit("a", "t", {"x": "y" * 100_000})
    store._table.reading.execute("PRAGMA max_page_count = 1000000")
    assert store.newest() == [job]
    assert store.submit("a", "t", {}).state == "pending"


def test_a_clock_that_is_set_back_changes_no_order(store: JobStore, worker: Claims, clock: Clock):
    first = store.submit("a", "s", {})
    claim = worker.claim(["a"])
    assert claim
    worker.finish(claim, "completed")
    clock.now_s -= 500
    second = store.submit("a", "s", {})
    assert store.latest("s", "a") == second
    assert [job.id for job in store.newest()] == [second.id, first.id]


def test_only_so_many_jobs_of_a_subject_are_kept(store: JobStore, worker: Claims):
    store.submit("other", "t", {})
    for number in range(KEPT_JOBS + 5):
        store.submit("a", "s", {"number": number})
        claim = worker.claim(["a"])
        assert claim
        worker.finish(claim, "completed")
    kept = [job for job in store.newest(1000) if job.subject == "s"]
    assert KEPT_JOBS <= len(kept) <= KEPT_JOBS + 1
    assert kept[0].parameters == {"number": KEPT_JOBS + 4}
    assert len(store.newest(1000)) == len(kept) + 1


def test_what_is_no_number_is_no_progress(store: JobStore, worker: Claims):
    job = store.submit("a", "s", {})
    claim = worker.claim(["a"])
    assert claim
    worker.report(claim, progress=float("nan"), eta_s=float("inf"))
    assert (store.get(job.id).progress, store.get(job.id).eta_s) == (0, None)


@pytest.mark.parametrize("damage", [b"noise" * 1000, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_table_is_put_aside(tmp_path: Path, damage: bytes):
    file = tmp_path / "jobs.sqlite"
    file.write_bytes(damage)
    store = JobStore(file)
    assert store.submit("a", "s", {}).state == "pending"
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == damage


class AnyOrder(RuleBasedStateMachine):
    """Two workers and a server, in any order, with leases that run out."""

    @initialize()
    def begin(self) -> None:
        self.clock = Clock()
        file = Path(tempfile.mkdtemp(dir=self.folder)) / "jobs.sqlite"
        self.store = JobStore(file, self.clock)
        self.workers = [Claims(file, name, "cpu", LEASE_S, self.clock) for name in ("w1", "w2")]
        self.held: list[list] = [[], []]
        self.submitted: list[str] = []

    folder: Path

    @rule(subject=st.sampled_from("abc"))
    def submit(self, subject: str) -> None:
        if any(job.subject == subject and job.is_open for job in self.store.newest()):
            with pytest.raises(JobConflict):
                self.store.submit("k", subject, {})
        else:
            self.submitted.append(self.store.submit("k", subject, {}).id)

    @rule(who=st.integers(0, 1))
    def claim(self, who: int) -> None:
        if claim := self.workers[who].claim(["k"]):
            assert claim.job.attempts <= MOST_ATTEMPTS
            self.held[who].append(claim)

    @rule(who=st.integers(0, 1), end=st.sampled_from(["renew", "completed", "failed", "cancelled"]))
    def work(self, who: int, end) -> None:
        if not self.held[who]:
            return
        claim = self.held[who][-1]
        try:
            if end == "renew":
                self.workers[who].renew(claim)
            else:
                self.workers[who].finish(claim, end)
                self.held[who].pop()
        except ClaimLost:
            self.held[who].pop()

    @rule(seconds=st.sampled_from([1.0, LEASE_S + 1]))
    def wait(self, seconds: float) -> None:
        self.clock.now_s += seconds

    @rule(who=st.integers(0, 1))
    def recover(self, who: int) -> None:
        self.workers[who].recover()

    @rule(data=st.data())
    def cancel(self, data) -> None:
        if self.submitted:
            self.store.cancel(data.draw(st.sampled_from(self.submitted)))

    @invariant()
    def nothing_is_lost_or_twice(self) -> None:
        if not hasattr(self, "store"):
            return
        jobs = self.store.newest()
        assert [job.id for job in reversed(jobs)] == self.submitted
        open_subjects = [job.subject for job in jobs if job.is_open]
        assert len(open_subjects) == len(set(open_subjects))
        for job in jobs:
            assert (job.finished_s is not None) == (job.state in ENDED)
            told = states(self.store, job.id)
            assert told[0] == "pending"
            assert told[-1] == job.public_state
            assert sum(state in ENDED for state in told) == (job.state in ENDED)


def test_any_order_of_calls_keeps_the_rules(tmp_path: Path):
    AnyOrder.folder = tmp_path
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )


def test_a_job_is_claimed_once_however_many_ask(tmp_path: Path):
    file = tmp_path / "jobs.sqlite"
    store = JobStore(file)
    wanted = {store.submit("a", str(number), {}).id for number in range(40)}
    taken: list[str] = []

    def work(name: str) -> None:
        claims = Claims(file, name, "cpu", 60)
        while claim := claims.claim(["a"]):
            taken.append(claim.job.id)
            claims.finish(claim, "completed")
        claims.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 40
    assert set(taken) == wanted


KILLED = """
import sys, itertools
from pathlib import Path
from voice.jobs.claims import Claims
from voice.jobs.store import KEPT_JOBS, JobStore
store, claims = JobStore(Path(sys.argv[1])), Claims(Path(sys.argv[1]), "w", "cpu", 0.2)
for number in itertools.count():
    job = store.submit("a", f"{sys.argv[2]}-{number}", {})
    print("submitted", job.id, flush=True)
    claim = claims.claim(["a"])
    if claim:
        claims.report(claim, "x", 50.0)
        claims.finish(claim, "completed")
        print("completed", claim.job.id, flush=True)
"""


def test_kill_9_at_any_moment_loses_nothing_that_was_promised(tmp_path: Path):
    file = tmp_path / "jobs.sqlite"
    promised: dict[str, str] = {}
    for run in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(file), str(run)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        process.stdout.readline()
        time.sleep(random.uniform(0.02, 0.15))
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            if line.endswith("\n"):
                state, identity = line.split()
                promised[identity] = state
        process.wait()
    store = JobStore(file)
    for identity, state in promised.items():
        assert store.get(identity).state in (
            ["completed"] if state == "completed" else ["pending", "running", "completed"]
        )
    time.sleep(0.25)
    Claims(file, "w", "cpu", 1).recover()
    assert not [job for job in store.newest(10_000) if job.state == "running"]
    assert store._table.reading.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_parts_of_a_subject_follow_it(store: JobStore):
    part = store.submit("speak", "bob/1", {})
    other = store.submit("speak", "bob2/1", {})
    assert store.open_job("bob") is None
    assert store.open_below("bob") == part
    assert store.open_below("bo") is None
    assert store.submit("train", "bob", {}), "a part keeps nobody from working on the whole"
    store.rename_subject("bob", "小音")
    assert (store.get(part.id).subject, store.get(other.id).subject) == ("小音/1", "bob2/1")
    store.cancel(part.id)
    store.cancel(other.id)
    assert store.open_below("小音") is None
    store.forget_subject("小音")
    assert [job.id for job in store.of_kind("speak", 9)] == [other.id]


def test_a_kind_is_forgotten_without_the_others(store: JobStore):
    for kind in ("train", "process", "train"):
        store.cancel(store.submit(kind, "bob", {}).id)
    assert [job.kind for job in store.history("bob", "train")] == ["train", "train"]
    running = store.submit("train", "bob", {})
    store.forget_kind("bob", "train")
    assert [job.id for job in store.history("bob", "train")] == [running.id], "only what has ended"
    assert store.latest("bob", "process")


def test_only_the_newest_of_a_kind_are_kept(store: JobStore):
    jobs = [store.submit("speak", f"bob/{number}", {}) for number in range(6)]
    for job in jobs[1:]:
        store.cancel(job.id)
    assert [job.id for job in store.forget_older("speak", 2)] == [job.id for job in jobs[3:0:-1]]
    assert [job.id for job in store.of_kind("speak", 9)] == [jobs[5].id, jobs[4].id, jobs[0].id]


def test_a_job_may_be_given_its_id(store: JobStore):
    assert store.submit("speak", "s", {}, "a" * 32).id == "a" * 32


def test_what_a_worker_may_say_can_be_read_by_everybody(tmp_path: Path):
    store, claims = JobStore(tmp_path / "jobs"), Claims(tmp_path / "jobs", "w", "cpu", LEASE_S)
    job = store.submit("kind", "a", {})
    claim = claims.claim(["kind"])
    assert claim
    claims.note(claim, [("log", {"line": "\ud800.wav", "number": float("nan")})])
    claims.finish(claim, "failed", {"seconds": float("inf")}, "\ud800 is broken")
    told = [store.get(job.id).result, store.get(job.id).error, [event.data for event in store.events(job.id)]]
    json.dumps(told, allow_nan=False, ensure_ascii=False).encode()


def test_a_guessed_fence_is_no_claim(tmp_path: Path):
    store = JobStore(tmp_path / "jobs")
    store.submit("kind", "a", {})
    mine = Claims(tmp_path / "jobs", "mine", "cpu", LEASE_S)
    claim = mine.claim(["kind"])
    assert claim
    with pytest.raises(ClaimLost):
        Claims(tmp_path / "jobs", "other", "cpu", LEASE_S).finish(claim, "completed")
    assert mine.finish(claim, "completed").state == "completed"
