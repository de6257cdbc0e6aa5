"""`talk` as a person uses it, against a server with scripted engines."""

import base64
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from clients.cli import talk
from clients.protocol import Server
from clients.sound_files import seconds_of, wav_of
from clients.troubles import ServerTrouble
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server
from tests.support.odd_server import OddServer, frames, last, piece, refusal, whole

JFK = Path(__file__).parents[1] / "assets" / "jfk.wav"


@pytest.fixture
def server():
    replier = FakeReplier(['[开心]"你好呀，今天天气真不错！', '我们走吧。"'])
    app = app_with(recognizer=FakeRecognizer("你好"), replier=replier, synthesizer=FakeSynthesizer())
    with live_server(app) as url:
        yield url, replier


def test_a_recording_is_heard_answered_and_saved(server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    answer = tmp_path / "answer.wav"
    assert talk.main([str(JFK), "-o", str(answer), "--url", server[0]]) == 0
    printed = capsys.readouterr().out
    for expected in ("你好", "今天天气真不错！", "我们走吧。", "first audio", "answer.wav"):
        assert expected in printed
    assert seconds_of(answer.read_bytes()) > 0.6


def test_json_is_one_object_a_turn_for_programs(server, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert talk.main(["--text", "你好", "--json", "-o", str(tmp_path / "a.wav"), "--url", server[0]]) == 0
    turn = json.loads(capsys.readouterr().out)
    assert turn["heard"] == "你好"
    assert [piece["text"] for piece in turn["pieces"]] == ["你好呀，今天天气真不错！", "我们走吧。"]
    assert turn["reply"].startswith("[开心]")
    assert {"first_token", "first_audio", "done"} <= turn["stages_ms"].keys()


def test_a_conversation_keeps_its_history(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"第一个问题\n{JFK}\n\n不会再问\n"))
    assert talk.main(["-", "-o", str(tmp_path / "a.wav"), "--url", server[0]]) == 0
    first, second = server[1].asked
    assert [message["role"] for message in first] == ["system", "user"]
    assert "双引号" in first[0]["content"]
    assert first[1]["content"] == "第一个问题"
    assert [message["role"] for message in second] == ["system", "user", "assistant", "user"]
    assert second[3]["content"] == "你好"


def test_one_bad_question_does_not_end_a_conversation(server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    nonsense = tmp_path / "nonsense.wav"
    nonsense.write_bytes(b"no sound at all")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{nonsense}\n{'很长的话' * 200}\n"))
    assert talk.main(["-", "--system", "", "-o", str(tmp_path / "a.wav"), "--url", server[0]]) == 1
    assert [message["content"] for message in server[1].asked[0]] == ["很长的话" * 200]


def test_without_a_server_one_is_started_for_the_question_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr("clients.cli.local_server.USUAL_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("clients.cli.local_server._daemon_url", lambda: "")
    monkeypatch.setenv("YINLIU_LLM__PROBE_LOCAL", "false")
    assert talk.main(["--text", "你好", "-o", str(tmp_path / "a.wav")]) == 0
    url = re.search(r"http://[\d.:]+", capsys.readouterr().out)
    assert url
    with pytest.raises(ServerTrouble):
        Server(url.group()).health()
    monkeypatch.setenv("YINLIU_SERVER__PROT", "1")
    assert talk.main(["--text", "你好"]) == 1
    assert "server.port?" in capsys.readouterr().err


def test_trouble_is_a_sentence_and_an_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert talk.main(["--text", "x", "--url", "http://127.0.0.1:9"]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert talk.main([str(tmp_path / "absent.wav"), "--url", "http://127.0.0.1:9"]) == 1
    with pytest.raises(SystemExit):
        talk.main([])


def test_what_the_server_sends_cannot_drive_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    odd = OddServer()
    odd.will("/api/asr", whole("hi\x1b[2J"))
    wrong = {"type": "t", "message": "wrong\x1b[31m\nred"}
    odd.will("/api/chat", frames(piece("one\x1b]0;title\x07", 0), last("two\x9b1m", hint="\x1b[5m", error=wrong)))
    with odd.running() as url:
        assert talk.main([str(JFK), "-o", str(tmp_path / "a.wav"), "--url", url]) == 1
        odd.will("/api/asr", refusal(500, "bad\x1b[2J"))
        assert talk.main([str(JFK), "--url", url]) == 1
    printed = capsys.readouterr()
    assert "wrong [31m red" in printed.out
    assert "bad [2J" in printed.err
    assert all(char.isprintable() or char == "\n" for char in printed.out + printed.err)


@pytest.mark.parametrize(
    "sound", [b"no sound at all, and more than twenty bytes", wav_of(np.zeros(99), 1), b"RIFF" * 9]
)
def test_a_bad_sound_file_is_a_sentence(sound: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    odd = OddServer()
    file = base64.urlsafe_b64encode(sound).decode()
    odd.will("/api/chat", frames(f'data: {{"file": "{file}", "message": "一。"}}', piece("二。"), last('"一。二。"')))
    with odd.running() as url:
        assert talk.main(["--text", "x", "-o", str(tmp_path / "a.wav"), "--url", url]) == 1
    printed = capsys.readouterr().out
    assert "! The answer cannot be played" in printed
    assert "二。" in printed
    assert seconds_of((tmp_path / "a.wav").read_bytes()) == pytest.approx(0.1)


def test_who_needs_a_token_is_told_how_to_give_it(monkeypatch, capsys: pytest.CaptureFixture[str]):
    with live_server(app_with(replier=FakeReplier(["a"]), synthesizer=FakeSynthesizer(), token="t")) as url:
        assert talk.main(["--text", "x", "--url", url]) == 1
        assert "--token" in capsys.readouterr().err
        monkeypatch.setattr("sys.stdin", io.StringIO("x\n"))
        assert talk.main(["-", "--url", url]) == 1
        assert "--token" in capsys.readouterr().out
