"""Listing and fetching speech models, from a small server that speaks ModelScope's protocol."""

import hashlib
import http.server
import json
import os
import subprocess
import sys
import threading
import types
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from asr.recognizer import GET_MODEL
from asr.sensevoice_files import faults
from launch import fetch, models
from launch.words import Refusal
from tests.support.start_folder import REPOSITORY

FILES = {
    "model.pt": b"w" * 200_000,
    "config.yaml": b"model: SenseVoiceSmall\n",
    "am.mvn": b"x" * 560,
    "chn_jpn_yue_eng_ko_spectok.bpe.model": b"b" * 1000,
    "configuration.json": b"{}",
    "example/zh.mp3": b"z" * 5000,
}


def test_the_command_is_the_one_that_recognition_names():
    assert models.GET == GET_MODEL


def test_the_list_names_the_command_that_gets_one(bare):
    assert models.GET in bare.run("models").stdout
    bare.put_speech_model()
    assert "present" in bare.run("models").stdout


@pytest.mark.parametrize("arguments", [["get"], ["get", "whisper"], ["remove", "sensevoice"], ["get", "a", "b"]])
def test_anything_else_is_refused(bare, arguments):
    assert bare.run("models", *arguments).returncode == 2


@pytest.mark.parametrize("name", ["sensevoice", "SenseVoiceSmall"])
def test_getting_installs_first_and_then_fetches(folder, name):
    folder.run("models", "get", name)
    assert folder.pip_files() == ["requirements.txt", "requirements-ml.txt"]
    target = str(folder.root / "models" / "SenseVoiceSmall")
    assert folder.calls("run")[-1][1] == ["-m", "launch.fetch", "iic/SenseVoiceSmall", target]


def test_what_is_there_is_not_fetched_again(folder):
    present = folder.put_speech_model()
    assert str(present) in folder.run("models", "get", "sensevoice").stdout
    assert not folder.calls("run")


def test_a_full_disk_is_told_beforehand(monkeypatch, tmp_path):
    monkeypatch.setattr(models, "MODELS", tmp_path / "models")
    with pytest.raises(Refusal, match=r"GB are needed|空间"):
        models.require_space(10**18)


def test_an_unfinished_download_does_not_count(bare):
    folder = bare.put_speech_model()
    (folder / "model.pt").write_bytes(b"")
    answer = bare.run("models").stdout
    assert "incomplete" in answer
    assert models.GET in answer


class ModelScope(http.server.ThreadingHTTPServer):
    """Holds one repository, and remembers which files it has sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ModelScopeRequest)
        self.files = dict(FILES)
        self.sent: list[str] = []


class ModelScopeRequest(http.server.BaseHTTPRequestHandler):
    """The file list and the files; everything else does not exist."""

    server: ModelScope  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/api/v1/models/iic/SenseVoiceSmall/repo/files":
            files = [
                {"Path": name, "Type": "blob", "Size": len(body), "Sha256": hashlib.sha256(body).hexdigest()}
                for name, body in self.server.files.items()
            ]
            self._send(200, json.dumps({"Code": 200, "Success": True, "Data": {"Files": files}}).encode())
        elif url.path == "/api/v1/models/iic/SenseVoiceSmall/repo":
            name = parse_qs(url.query)["FilePath"][0]
            self.server.sent.append(name)
            self._send(200, self.server.files[name])
        else:
            self._send(404, b'{"Code": 404, "Success": false}')

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        pass


@pytest.fixture
def modelscope():
    server = ModelScope()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def fetch_from(port: int, home: Path) -> "subprocess.CompletedProcess[str]":
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "YINLIU_LANG": "en",
        "MODELSCOPE_ENDPOINT": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "launch.fetch", "iic/SenseVoiceSmall", str(home / "model")]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, encoding="utf-8", timeout=120)


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("modelscope"), reason="requirements-ml.txt is not installed")
def test_a_model_is_fetched_with_what_it_needs_and_no_more(modelscope, tmp_path):
    done = fetch_from(modelscope.server_port, tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(modelscope.sent) == sorted(name for name in FILES if "/" not in name)
    assert (tmp_path / "model" / "model.pt").read_bytes() == FILES["model.pt"]
    assert faults(tmp_path / "model") == []


@pytest.mark.parametrize("problem", [None, ConnectionError("refused")])
def test_a_download_that_brings_too_little_is_an_error_with_a_remedy(monkeypatch, capsys, tmp_path, problem):
    def snapshot_download(repository: str, local_dir: str, allow_patterns: list[str]) -> None:
        if problem:
            raise problem
        for name in set(FILES) - {"model.pt", "example/zh.mp3"}:
            (tmp_path / name).write_bytes(b"x")

    stub = types.ModuleType("stub")
    monkeypatch.setattr(stub, "snapshot_download", snapshot_download, raising=False)
    for name in ("modelscope", "modelscope.hub", "modelscope.hub.snapshot_download"):
        monkeypatch.setitem(sys.modules, name, stub)
    monkeypatch.setenv("YINLIU_LANG", "en")
    assert fetch.main("iic/SenseVoiceSmall", tmp_path) == 1
    said = capsys.readouterr().err
    assert ("ConnectionError: refused" if problem else "model.pt is missing") in said
    assert "run this again; it goes on where it stopped" in said
