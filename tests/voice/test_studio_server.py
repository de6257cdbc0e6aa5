"""The studio as it is started: recordings become clips in a worker's child, and a killed server's work goes on."""

import signal
import sys
from pathlib import Path

import pytest

from tests.support.processes import descendants, is_running
from tests.support.server_program import JFK, ListeningStudio
from tests.support.waiting import until

pytest.importorskip("pocketsphinx", reason="pocketsphinx, which transcribes here, is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"),
]


@pytest.mark.long
def test_a_recording_becomes_clips_although_the_server_is_killed(tmp_path: Path):
    server = ListeningStudio(tmp_path)
    server.post("/characters", json={"character_name": "jfk", "config": {"language": "en"}})
    with JFK.open("rb") as recording:
        server.post("/characters/jfk/audio/upload", files={"file": ("jfk.wav", recording)})
    server.post("/characters/jfk/audio/process")
    until(lambda: server.get("/characters/jfk/audio/status")["progress"] >= 50)
    programs = descendants(server.process.pid)
    assert programs
    server.end(signal.SIGKILL)
    until(lambda: not any(map(is_running, programs)), within_s=20)

    again = ListeningStudio(tmp_path)
    try:
        until(lambda: again.get("/characters/jfk/audio/status")["status"] != "running")
        done = again.get("/characters/jfk/audio/status")
        assert done["status"] == "completed", done
        clips = again.get("/characters/jfk/clips")
        assert done["processed_audio_count"] == len(clips["clips"]) == 2
        assert clips["summary"]["total_minutes"] == pytest.approx(10.9 / 60, abs=0.02)
        (job,) = again.get("/jobs")
        assert job["attempts"] == 1, "a killed server is not the job's fault"
    finally:
        again.end()


def test_a_server_without_characters_writes_nothing(tmp_path: Path):
    server = ListeningStudio(tmp_path)
    try:
        assert server.get("/characters") == []
    finally:
        server.end()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["config.yaml"]
