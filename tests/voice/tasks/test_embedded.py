"""The task API without a broker: the same routes, and their work is to be seen among the jobs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.task_server import RAW, SLICED, Tasks, record, task_server
from tests.support.waiting import until
from voice.tasks.stages import STAGES
from voice.tasks.types import TYPES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
ALL = {
    "open_slice": {"inp": RAW},
    "open_denoise": {"denoise_inp_dir": RAW},
    "open_asr": {"asr_inp_dir": RAW},
    "open1abc": {"inp_text": RAW, "inp_wav_dir": RAW, "exp_name": "e", "user_id": "u"},
    "sovits_train": {"exp_name": "e", "user_id": "u"},
    "gpt_train": {"exp_name": "e", "user_id": "u"},
    "one_click": {"inp": RAW, "exp_name": "e", "user_id": "u"},
}


@pytest.fixture
def tasks(tmp_path: Path) -> Iterator[Tasks]:
    record(tmp_path)
    with task_server(tmp_path, most_waiting=3) as served:
        yield served


@pytest.mark.slow
def test_every_route_answers_at_once_and_its_work_is_done(tasks: Tasks):
    for number, (route, fields) in enumerate(ALL.items(), 1):
        status, body = tasks.post(route, session_id=f"s{number}", **fields)
        expected = "开始一键训练" if route == "one_click" else "start"
        assert (status, body) == (200, {"status": "success", "message": expected})
    jobs = tasks.ended(len(ALL))
    assert [job["state"] for job in jobs] == ["completed"] * len(ALL), [job["error"] for job in jobs]
    assert {job["kind"] for job in jobs} == {task.kind for task in TYPES.values()}
    assert jobs[0]["result"]["slice_dir"] == str(tasks.data / SLICED)
    assert jobs[0]["subject"].startswith("slice:s1:")
    chain = jobs[-1]
    events = httpx.get(f"{tasks.url}/api/v1/jobs/{chain['id']}/events", timeout=20).text
    assert [events.index(f'"stage": "{model}"') for model in STAGES] == sorted(
        events.index(f'"stage": "{model}"') for model in STAGES
    )
    assert sorted(path.name for path in (tasks.data / RAW).iterdir()) == ["a.wav"]


def test_a_second_request_waits_for_its_turn(tasks: Tasks):
    wait = tasks.trouble("wait")
    assert tasks.post("open_denoise", session_id="1", denoise_inp_dir=RAW)[0] == 200
    until(lambda: tasks.jobs()[0]["state"] == "running")
    assert tasks.post("open_denoise", session_id="1", denoise_inp_dir=RAW)[0] == 200
    assert [job["state"] for job in tasks.jobs()] == ["running", "pending"]
    assert tasks.post("open_denoise", session_id="2", denoise_inp_dir=RAW)[0] == 200
    status, body = tasks.post("open_denoise", session_id="3", denoise_inp_dir=RAW)
    assert (status, body["code"]) == (429, "busy")
    assert tasks.post("open_slice", session_id="3", inp=RAW)[0] == 200, "another type has a queue of its own"
    wait.unlink()
    assert [job["state"] for job in tasks.ended(4)] == ["completed"] * 4


def test_a_running_task_is_cancelled(tasks: Tasks):
    tasks.trouble("wait")
    tasks.post("open_denoise", session_id="1", denoise_inp_dir=RAW)
    until(lambda: tasks.jobs()[0]["state"] == "running")
    tasks.cancel(tasks.jobs()[0]["id"])
    assert tasks.ended()[0]["state"] == "cancelled"


def test_failures_say_why(tasks: Tasks):
    tasks.trouble("untrained")
    tasks.post("sovits_train", session_id="1", exp_name="e", user_id="u")
    tasks.post("open_slice", session_id="1", inp="/etc/workspace/a/b/c")
    trained, sliced = tasks.ended(2)
    assert (trained["state"], sliced["state"]) == ("failed", "failed")
    assert "cannot train voices yet" in trained["error"]
    assert "本版本还不能训练" in trained["error_zh"]
    assert "tasks.roots" in sliced["error"]


def test_what_a_body_may_be(tasks: Tasks):
    url = f"{tasks.url}/gpt_sovits/open_slice"
    assert httpx.post(url, content=b"{").status_code == 400
    assert httpx.post(url, content=b'{"inp": "' + b"x" * 300_000 + b'"}').status_code == 413
    status, body = tasks.post("open_slice", inp=RAW)
    assert (status, body["detail"][0]["type"], body["detail"][0]["loc"]) == (422, "missing", ["body", "session_id"])
    status, body = tasks.post("open_slice", inp=RAW, session_id="1", threshold="loud")
    assert (status, body["detail"][0]["loc"]) == (422, ["body", "threshold"])
    assert httpx.get(url).status_code == 405
    assert tasks.jobs() == []


def test_beyond_loopback_a_token_is_needed(tmp_path: Path):
    with task_server(tmp_path, token="secret") as tasks:
        for route, fields in ALL.items():
            assert tasks.post(route, session_id="1", **fields)[0] == 401
        answer = httpx.post(
            f"{tasks.url}/gpt_sovits/open_slice",
            json={"session_id": "1", "inp": RAW},
            headers={"Authorization": "Bearer secret"},
        )
        assert answer.status_code == 200
