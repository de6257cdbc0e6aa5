"""One message is one job, with an id or without."""

from pathlib import Path

import pytest

from voice.jobs.claims import Claims
from voice.jobs.store import JobStore
from voice.tasks import intake as module
from voice.tasks.intake import Intake, QueueFull
from voice.tasks.types import TYPES

SLICE = TYPES["slice"]
BODY = b'{"inp": "a", "session_id": "s"}'
REQUEST = SLICE.request.model_validate_json(BODY)


@pytest.fixture
def jobs(tmp_path: Path) -> JobStore:
    return JobStore(tmp_path / "jobs.sqlite")


@pytest.fixture
def intake(jobs: JobStore) -> Intake:
    return Intake(jobs, {"data_dir": "d"}, 2, is_followed=True)


def take(intake: Intake, message_id: str | None = None, is_redelivered: bool = False) -> str:
    return intake.submit(SLICE, REQUEST, intake.identity_of(SLICE, message_id, BODY, is_redelivered)).id


def finish(jobs: JobStore, file: Path) -> None:
    worker = Claims(file, "w", "cpu", 60)
    while claim := worker.claim([SLICE.kind]):
        worker.finish(claim, "completed", {})


def test_an_id_names_the_job(intake: Intake, jobs: JobStore, tmp_path: Path):
    first = take(intake, "m1")
    assert take(intake, "m1") == take(intake, "m1", True) == first
    finish(jobs, tmp_path / "jobs.sqlite")
    assert take(intake, "m1") == first, "also after its end"
    assert take(intake, "m2") != first
    assert intake.identity_of(TYPES["asr"], "m1", BODY, False) != first


def test_equal_bodies_without_ids_are_numbered(
    intake: Intake, jobs: JobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = take(intake)
    assert take(intake, is_redelivered=True) == first, "acknowledging it had failed"
    second = take(intake)
    assert second != first
    assert take(intake, is_redelivered=True) == second
    finish(jobs, tmp_path / "jobs.sqlite")
    assert take(intake, is_redelivered=True) == second, "it has just ended"
    monkeypatch.setattr(module, "SAME_WITHIN_S", -1.0)
    assert take(intake, is_redelivered=True) not in (first, second), "no message is lost to one of yesterday"


def test_parameters_and_limits(intake: Intake, jobs: JobStore):
    job = jobs.get(take(intake))
    assert job.parameters == {"data_dir": "d", "request": REQUEST.model_dump()}
    assert job.kind == "task_slice"
    intake.require_room(SLICE)
    take(intake)
    with pytest.raises(QueueFull):
        intake.require_room(SLICE)
    intake.require_room(TYPES["asr"])


def test_old_ones_are_forgotten(intake: Intake, jobs: JobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "KEPT_JOBS", 3)
    quiet = Intake(jobs, {}, 99, is_followed=False)
    for number in range(6):
        take(quiet, f"m{number}")
        finish(jobs, tmp_path / "jobs.sqlite")
    assert len(jobs.newest()) == 4
