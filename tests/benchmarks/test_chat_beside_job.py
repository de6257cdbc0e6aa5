"""The benchmark of a chat beside a job runs, on a short recording."""

from pathlib import Path

import pytest

from benchmarks import chat_beside_job


@pytest.mark.slow
@pytest.mark.long
def test_turns_are_measured_alone_and_while_a_job_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chat_beside_job, "MINUTES", 2)
    with chat_beside_job.served(tmp_path) as server:
        assert all(0 < time_ms < 10_000 for time_ms in chat_beside_job.turns(server, 2))
        chat_beside_job.begin_job(server)
        assert len(chat_beside_job.turns(server, 1)) == 1
        assert chat_beside_job.job(server)[1] >= 26
