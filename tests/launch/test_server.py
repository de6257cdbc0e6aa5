"""The server in the background, with a small HTTP server in its place."""

import json
import subprocess
import sys
import time

import pytest

from tests.support.processes import is_running
from tests.support.start_folder import StartFolder

STAND_IN = """
import http.server, json, os, signal, subprocess, sys
if "--broken" in sys.argv:
    sys.exit("the roof is on fire")
if "--stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("child", subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"status": "healthy", "engines": {"tts": {"state": "ready", "note": "espeak-ng"}}}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
print(f"Yinliu 0.1.0  http://127.0.0.1:{server.server_port}", flush=True)
print("arguments", sys.argv[1:], flush=True)
server.serve_forever()
"""


@pytest.fixture
def served(folder: StartFolder):
    """A clone with the stand-in as its chat_server.py; whatever runs in the background is ended afterwards."""
    (folder.root / "chat_server.py").write_text(STAND_IN)
    folder.environment["FAKE_RUNS"] = "1"
    yield folder
    folder.run("stop")


def recorded(folder: StartFolder) -> dict:
    return json.loads((folder.root / "logs" / "server.pid").read_text())


def test_it_starts_answers_tells_and_stops(served):
    started = served.run("serve", "--daemon", "--lan")
    assert started.returncode == 0, started.stderr
    record = recorded(served)
    assert record.keys() == {"pid", "url", "started"}
    assert record["url"] in started.stdout
    assert f"'--log-file', '{served.root / 'logs' / 'server.log'}', '--lan']" in started.stdout

    told = served.run("status")
    assert told.returncode == 0
    assert record["url"] in told.stdout
    assert "tts: ready  espeak-ng" in told.stdout

    stopped = served.run("stop")
    assert stopped.returncode == 0
    assert not is_running(record["pid"])
    assert served.run("status").returncode == 3
    assert served.run("stop").returncode == 0


def test_a_second_one_is_refused_and_told_of_the_first(served):
    served.run("serve", "--daemon")
    refused = served.run("serve", "--daemon", "--port", "9000")
    assert refused.returncode == 1
    assert recorded(served)["url"] in refused.stderr


def test_one_that_will_not_end_is_killed_with_its_children(served):
    started = served.run("serve", "--daemon", "--stubborn")
    child = int(started.stdout.split("child ")[1].split()[0])
    pid = recorded(served)["pid"]
    before = time.monotonic()
    assert served.run("stop").returncode == 0
    assert time.monotonic() - before < 10
    assert not is_running(pid)
    assert not is_running(child)


def test_one_that_cannot_start_shows_why(served):
    failed = served.run("serve", "--daemon", "--broken")
    assert failed.returncode == 1
    assert "the roof is on fire" in failed.stderr
    assert not (served.root / "logs" / "server.pid").exists()
    assert "服务未能启动" in served.run("serve", "--daemon", "--broken", YINLIU_LANG="zh").stderr


def test_a_stranger_with_the_same_number_is_left_alone(served):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (served.root / "logs").mkdir()
        record = {"pid": stranger.pid, "url": "http://127.0.0.1:9", "started": ""}
        (served.root / "logs" / "server.pid").write_text(json.dumps(record))
        assert served.run("status").returncode == 3
        assert served.run("stop").returncode == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("record", ["", "{", "[1]", '{"pid": 1}'])
def test_a_damaged_record_counts_as_none(served, record):
    (served.root / "logs").mkdir()
    (served.root / "logs" / "server.pid").write_text(record)
    assert served.run("status").returncode == 3


def test_its_output_may_hold_the_token_and_is_the_owners_alone(served):
    served.run("serve", "--daemon")
    assert (served.root / "logs" / "server.out").stat().st_mode & 0o077 == 0
