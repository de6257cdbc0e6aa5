"""The doctor's findings, and that programs can read them."""

import http.server
import ipaddress
import json
import socket
import threading
from pathlib import Path

import pytest

from launch import doctor, gpt_sovits_models
from launch.gpt_sovits_sources import parts_of
from launch.machine import available_memory, lan_addresses
from tts.gpt_sovits.base_models import BASE_MODELS, HUBERT


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_reports_to_programs(bare, language):
    answer = bare.run("doctor", "--json", YINLIU_LANG=language)
    report = json.loads(answer.stdout)
    assert report.keys() == {"ok", "checks"}
    for check in report["checks"]:
        assert check.keys() == {"name", "state", "detail", "remedy"}
        assert check["state"] in ("ok", "warn", "fail")
        assert check["detail"]
        assert check["remedy"] or check["state"] == "ok", check
    names = {check["name"] for check in report["checks"]}
    assert {
        "python",
        "environment",
        "torch",
        "disk",
        "memory",
        "sensevoice",
        "gpt-sovits",
        "local llm",
        "rabbitmq",
        "network",
    } <= names
    assert report["ok"] == all(check["state"] != "fail" for check in report["checks"])
    assert answer.returncode == (0 if report["ok"] else 1)


def test_it_reports_to_people(bare):
    assert "start.py models get sensevoice" in bare.run("doctor").stdout
    assert "只有演示级识别" in bare.run("doctor", YINLIU_LANG="zh").stdout


def test_a_model_is_found(bare):
    folder = bare.put_speech_model()
    assert f"ok    sensevoice   {folder}" in bare.run("doctor").stdout
    (folder / "am.mvn").unlink()
    assert "warn  sensevoice" in bare.run("doctor").stdout


def test_a_voice_is_found(bare):
    said = bare.run("doctor").stdout
    assert "warn  gpt-sovits" in said
    assert "-> python3 start.py models get gpt-sovits" in said
    for files in parts_of("v2").values():
        for file in files:
            target = bare.root / "models" / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(b"PK\x03\x04")
    (bare.root / "models" / HUBERT / "RANDOM_WEIGHTS.txt").touch()
    gpt, sovits = Path(BASE_MODELS["v2"].gpt).name, Path(BASE_MODELS["v2"].sovits).name
    assert f"ok    gpt-sovits   {gpt} + {sovits}\n" in bare.run("doctor").stdout


def test_the_configured_weights_are_looked_for(monkeypatch, tmp_path):
    monkeypatch.setattr("launch.gpt_sovits_models.MODELS", tmp_path)
    monkeypatch.setenv("YINLIU_LANG", "en")
    detail, remedy = gpt_sovits_models.summary(None, str(tmp_path / "nope.pth"))
    assert f"{tmp_path / 'nope.pth'} does not exist" in detail
    assert remedy == "Correct GSV.SoVITS_weight in config.yaml."


def test_a_setting_that_cannot_be_read_prevents_serving(folder):
    folder.run("serve")
    (folder.root / "launch" / "configured.py").write_text("print('config.yaml, line 3: nonsense'); raise SystemExit(1)")
    report = json.loads(folder.run("doctor", "--json", FAKE_RUNS="1").stdout)
    settings = next(check for check in report["checks"] if check["name"] == "settings")
    assert (settings["state"], settings["detail"]) == ("fail", "config.yaml, line 3: nonsense")
    assert not report["ok"]


class Health(http.server.BaseHTTPRequestHandler):
    answer = b'{"engines": {}}'

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format, *args):
        pass


class OtherHealth(Health):
    answer = b'{"status": "ok"}'


@pytest.fixture
def http_port(request):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), request.param)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("http_port", "state"), [(Health, "ok"), (OtherHealth, "fail")], indirect=["http_port"])
def test_another_program_on_our_port_prevents_serving(http_port, state):
    assert doctor.check_port(http_port).state == state


def test_something_silent_on_our_port_prevents_serving():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert doctor.check_port(port, timeout_s=0.3).state == "fail"
    assert doctor.check_port(port).state == "ok"


@pytest.mark.parametrize("http_port", [Health], indirect=True)
def test_the_configured_model_is_asked_and_its_password_never_shown(http_port):
    found = doctor.check_llm_api(f"http://user:secret@127.0.0.1:{http_port}/v1/chat/completions")
    assert found.state == "ok"
    assert "secret" not in found.detail
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert doctor.check_llm_api(f"127.0.0.1:{port}").state == "warn"
    assert doctor.check_llm_api("http://127.0.0.1:notaport/").state == "warn"


def test_the_machine_is_described():
    assert all(not ipaddress.ip_address(address).is_loopback for address in lan_addresses())
    assert (available_memory() or 1) > 0
