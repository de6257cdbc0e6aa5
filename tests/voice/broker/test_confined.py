"""What a message can make a worker do: nothing outside of the folders that its command line names, and no program."""

import json
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.broker.carrying import CARRIED
from voice.broker.confined import FOLDERS, Confinement
from voice.broker.places import WORK, NoSuchPlace, Places
from voice.broker.problems import Rejected
from voice.broker.remote_claims import RemoteClaims
from voice.broker.words import MOST_KINDS, Answer, Request, request_of
from voice.broker.worker_program import _prepared

REPORT = {"say": "report", "worker": "w", "device": "cpu", "job": "j", "fence": 1, "number": 1}


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    (tmp_path / "work" / "characters" / "a").mkdir(parents=True)
    return tmp_path / "work"


def test_a_job_of_the_server_may_do_its_work(work_dir: Path):
    parameters: dict[str, Any] = {
        "folder": str(work_dir / "characters" / "a"),
        "cache": None,
        "roots": [],
        "experiments_dir": "",
        "denoiser": "wiener",
        "separator": None,
        "gpt": "models/a-e1.ckpt",
        "text": "/etc/passwd",
        "name": "小音",
    }
    Confinement([work_dir]).require(parameters)
    Confinement([work_dir], runs_programs=True).require(parameters | {"denoiser": ["clean", "{input}", "{output}"]})


@pytest.mark.parametrize(
    "wrong",
    [
        *({key: "/etc"} for key in FOLDERS),
        {"folder": "characters/a"},
        {"folder": {"$plain": 1}},
        {"roots": ["/"]},
        {"models_dir": "{work}/../elsewhere"},
        {"folder": "{work}/link"},
        {"gpt": "../b/models/b-e1.ckpt"},
        {"reference": "/home/somebody/secret.wav"},
        {"id": "../../x"},
        {"name": "a/b"},
        {"name": ["a"]},
        {"denoiser": ["/bin/sh", "-c", "touch pwned; # {input} {output}"]},
        {"separator": {"program": "/bin/sh"}},
    ],
)
def test_nothing_leads_out_of_the_worker_s_folders(work_dir: Path, tmp_path: Path, wrong: dict[str, Any]):
    (work_dir / "link").symlink_to(tmp_path)
    given = {
        key: value.replace("{work}", str(work_dir)) if isinstance(value, str) else value for key, value in wrong.items()
    }
    with pytest.raises(NoSuchPlace):
        Confinement([work_dir]).require(given)


def test_a_message_does_not_say_where_files_come_from(work_dir: Path):
    told = {"server": "http://evil", "token": "", "job": "j", "fence": 1, "folder": "/"}
    claims, _ = claims_that_hear(work_dir, {"folder": str(work_dir), CARRIED: told})
    claim = claims.claim(["infer"])
    assert claim
    assert CARRIED not in claim.job.parameters


def test_a_job_that_leads_elsewhere_is_failed_and_not_begun(work_dir: Path):
    claims, asked = claims_that_hear(work_dir, {"folder": "/etc"})
    assert claims.claim(["infer"]) is None
    assert asked[-1].operations[-1].state == "failed"


def test_a_job_of_a_kind_that_was_not_asked_for_is_not_begun(work_dir: Path):
    claims, _ = claims_that_hear(work_dir, {})
    assert claims.claim(["train"]) is None


@pytest.mark.parametrize("job", [{}, {"id": 1}, {"id": "x", "surprise": 1}, {"id": "", "kind": "infer"}])
def test_what_is_no_job_is_passed_over(work_dir: Path, job: dict[str, Any]):
    claims, _ = claims_that_hear(work_dir, {}, job)
    assert claims.claim(["infer"]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {**REPORT, "fence": 1 << 80},
        {**REPORT, "number": -1},
        {"say": "claim", "worker": "w", "device": "cpu", "kinds": ["k"] * (MOST_KINDS + 1)},
    ],
)
def test_numbers_that_no_table_holds_are_rejected(wrong: dict[str, Any]):
    with pytest.raises(Rejected):
        request_of(json.dumps(wrong).encode())


@given(st.integers(1, 3000), st.sampled_from(["[]", '{"a":}']))
def test_what_is_nested_deeply_is_rejected_and_ends_nothing(depth: int, kind: str):
    before, after = kind[:-1] * depth, kind[-1:] * depth
    operation = f'{{"do":"finish","state":"completed","result":{{"a":{before}1{after}}}}}'
    body = json.dumps(REPORT)[:-1] + f', "operations": [{operation}]}}'
    try:
        request = request_of(body.encode())
    except Rejected:
        assert depth > 40
        return
    Places({}).arriving(request.model_dump())


def claims_that_hear(
    work_dir: Path, parameters: dict[str, Any], job: dict[str, Any] | None = None
) -> tuple[RemoteClaims, list[Any]]:
    """A worker's claims whose every request is answered with this job, and the requests."""
    asked: list[Any] = []
    usual = {"id": "j", "kind": "infer", "subject": "a", "parameters": parameters, "state": "running", "created_s": 0.0}

    class Post:
        def ask(self, request: Request) -> "Future[Answer]":
            asked.append(request)
            future: Future[Answer] = Future()
            is_claim = request.say == "claim"
            future.set_result(
                Answer(answer="job", job=usual if job is None else job, fence=1) if is_claim else Answer(answer="kept")
            )
            return future

    prepare = _prepared(None, work_dir, Confinement([work_dir]))
    claims = RemoteClaims(Post(), "w", "cpu", Places({WORK: work_dir}), prepare=prepare)  # pyright: ignore
    return claims, asked
