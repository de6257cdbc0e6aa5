"""The studio as it is started, with its work done by a worker that has only the broker's and the server's address."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.rabbit import system_broker
from tests.support.server_program import JFK, ROOT, ServerProgram, configured
from tests.support.waiting import until

pytest.importorskip("pocketsphinx", reason="pocketsphinx, which transcribes here, is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"),
]
CONFIG = """\
server: {{data_dir: data, models_dir: models, token: a-token}}
studio: {{work_dir: work}}
jobs: {{broker: "{broker}", here: false}}
asr: {{engine: pocketsphinx}}
tts: {{engine: none}}
LLM: {{probe_local: false}}
"""


@pytest.mark.long
def test_a_far_worker_makes_clips_of_a_recording_on_the_server(tmp_path: Path):
    with system_broker() as broker:
        server = ServerProgram(configured(tmp_path, CONFIG.format(broker=broker)))
        url = server.url
        client = httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": "Bearer a-token"}, timeout=20)
        client.post("/characters", json={"character_name": "jfk", "config": {"language": "en"}})
        with JFK.open("rb") as recording:
            client.post("/characters/jfk/audio/upload", files={"file": ("jfk.wav", recording)})
        client.post("/characters/jfk/audio/process")
        command = [sys.executable, "-m", "voice.broker.worker_entry", "--server", url, "--device", "cpu"]
        environment = {**os.environ, "YINLIU_BROKER": broker, "YINLIU_TOKEN": "a-token"}
        worker = subprocess.Popen([*command, "--scratch", str(tmp_path / "far")], cwd=ROOT, env=environment)
        try:
            until(lambda: client.get("/characters/jfk/audio/status").json()["status"] in ("completed", "failed"))
            status = client.get("/characters/jfk/audio/status").json()
            assert status["status"] == "completed", status
            folder = tmp_path / "work" / "characters" / "jfk"
            (listed,) = (folder / "transcripts").glob("*.list")
            lines = listed.read_text(encoding="utf-8").splitlines()
            assert lines
            for line in lines:
                assert line.startswith(f"{folder / listed.stem}{os.sep}"), "clips are named where the server has them"
                assert Path(line.split("|")[0]).is_file()
            assert client.get("/characters/jfk/clips").json()["clips"]
            assert not list((tmp_path / "far").rglob("*.wav"))
            worker.send_signal(signal.SIGINT)
            assert worker.wait(20) == 0
        finally:
            worker.kill()
            server.end(signal.SIGINT)
