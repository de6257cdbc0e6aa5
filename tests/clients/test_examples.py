"""The small programs for people who write a client of their own, run as they would run them."""

import io
import json
import shutil
import socket
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from llm.replier import LLMError
from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer, spoken_pcm
from tests.support.live_server import app_with, live_server
from tests.support.odd_server import OddServer, refusal, whole
from tts.synthesizer import Voice

EXAMPLES = Path(__file__).parents[2] / "clients" / "examples"
JFK = Path(__file__).parents[1] / "assets" / "jfk.wav"
TOKEN = "t0ken"


def needs(program: str):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@pytest.fixture
def served() -> Iterator[tuple[str, FakeReplier]]:
    replier = FakeReplier(['（笑）"今天天气真不错！这里一定会fail的。', '我们去散步吧。" \U0001f600'])
    app = app_with(
        recognizer=FakeRecognizer('他说"你好"'), replier=replier, synthesizer=FakeSynthesizer(steps=3), token=TOKEN
    )
    with live_server(app) as url:
        yield url, replier


def run(*command: str, folder: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=60)


def pcm_of(folder: Path) -> list[bytes]:
    """The audio of the saved pieces without the pause behind each."""
    spoken = []
    for file in sorted(folder.glob("piece*.wav")):
        with wave.open(io.BytesIO(file.read_bytes())) as wav:
            spoken.append(wav.readframes(wav.getnframes()).rstrip(b"\0"))
    return spoken


EXPECTED = [spoken_pcm(text, Voice()).rstrip(b"\0") for text in ("今天天气真不错！", "我们去散步吧。")]


@needs("curl")
def test_curl_hears_and_answers(served, tmp_path: Path):
    done = run("bash", str(EXAMPLES / "talk.sh"), str(JFK), served[0], TOKEN, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '他说\\"你好\\"' in done.stdout.decode()
    assert "whole reply" in done.stdout.decode()
    assert served[1].asked == [[{"role": "user", "content": '他说"你好"'}]]
    assert pcm_of(tmp_path) == EXPECTED


def test_python_answers(served, tmp_path: Path):
    done = run(sys.executable, str(EXAMPLES / "talk.py"), "你好", served[0], TOKEN, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines() == ["今天天气真不错！", "这里一定会fail的。", "我们去散步吧。"]
    assert served[1].asked[0][-1] == {"role": "user", "content": "你好"}
    assert pcm_of(tmp_path) == EXPECTED


@needs("node")
def test_javascript_answers(served, tmp_path: Path):
    done = run("node", str(EXAMPLES / "talk.mjs"), "你好", served[0], TOKEN, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "whole reply: （笑）" in done.stdout.decode()
    assert pcm_of(tmp_path) == EXPECTED


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("cpp") / "talk"
    flags = ["-std=c++11", "-O1", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["c++", *flags, str(EXAMPLES / "talk.cpp"), "-o", str(target)], check=True, timeout=120)
    return target


@needs("c++")
def test_cpp_answers_in_pcm(served, program: Path, tmp_path: Path):
    host, _, port = served[0].removeprefix("http://").partition(":")
    done = run(str(program), 'say "hi"', host, port, TOKEN, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = done.stderr.decode().splitlines()
    assert said[:3] == ["今天天气真不错！", "这里一定会fail的。", "我们去散步吧。"]
    assert said[3] == 'whole reply: （笑）"今天天气真不错！这里一定会fail的。我们去散步吧。" \U0001f600'
    assert served[1].asked[0] == [{"role": "user", "content": 'say "hi"'}]
    pause = bytes(2 * int(FakeSynthesizer.rate_hz * 0.3))
    assert done.stdout == b"".join(spoken_pcm(text, Voice()) + pause for text in ("今天天气真不错！", "我们去散步吧。"))


@needs("c++")
def test_cpp_tells_what_is_wrong(program: Path, tmp_path: Path):
    replier = FakeReplier(['"好。"', LLMError("llm_timeout", "模型没有回答 \\ in time")])
    with live_server(app_with(replier=replier, synthesizer=FakeSynthesizer(), token=TOKEN)) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        broken = run(str(program), "hi", host, port, TOKEN, folder=tmp_path)
        refused = run(str(program), "hi", host, port, folder=tmp_path)
    assert broken.stderr.decode().splitlines() == ["好。", "! 模型没有回答 \\ in time", 'whole reply: "好。"']
    assert refused.returncode == 1
    assert b"401" in refused.stderr


@needs("node")
def test_javascript_tells_what_is_wrong(served, tmp_path: Path):
    done = run("node", str(EXAMPLES / "talk.mjs"), "你好", served[0], folder=tmp_path)
    assert done.returncode == 1
    assert b"401: An access token is needed" in done.stderr


def talk_sh(url: str, *token: str) -> tuple[str, ...]:
    return ("bash", str(EXAMPLES / "talk.sh"), str(JFK), url, *token)


def talk_py(url: str, *token: str) -> tuple[str, ...]:
    return (sys.executable, str(EXAMPLES / "talk.py"), "你好", url, *token)


def talk_mjs(url: str, *token: str) -> tuple[str, ...]:
    return ("node", str(EXAMPLES / "talk.mjs"), "你好", url, *token)


PROGRAMS = pytest.mark.parametrize(
    "command",
    [pytest.param(talk_sh, marks=needs("curl")), talk_py, pytest.param(talk_mjs, marks=needs("node"))],
)


@PROGRAMS
def test_a_refusal_is_the_server_s_sentence(served, command, tmp_path: Path):
    done = run(*command(served[0]), folder=tmp_path)
    assert done.returncode not in (0, 2)
    assert "An access token is needed" in done.stderr.decode()
    assert len(done.stderr.splitlines()) <= 2, "curl adds one of its own"


@needs("curl")
def test_curl_tells_why_only_the_answer_is_refused(tmp_path: Path):
    odd = OddServer()
    odd.will("/api/asr", whole("hi"))
    odd.will("/api/chat", refusal(422, "There is no voice."))
    with odd.running() as url:
        done = run(*talk_sh(url), folder=tmp_path)
    assert done.returncode not in (0, 2)
    assert "the server says: There is no voice.\n" in done.stderr.decode()


@PROGRAMS
def test_somebody_else_s_refusal_is_shown_as_it_is(command, tmp_path: Path):
    odd = OddServer()
    for path in ("/api/asr", "/api/chat"):
        odd.will(path, whole("a proxy's page", 502))
    with odd.running() as url:
        done = run(*command(url), folder=tmp_path)
    assert done.returncode not in (0, 2)
    assert "a proxy's page" in done.stderr.decode()
    assert len(done.stderr.splitlines()) <= 2


@PROGRAMS
def test_a_server_that_is_away_is_a_sentence(command, tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    done = run(*command(f"http://127.0.0.1:{port}"), folder=tmp_path)
    assert done.returncode not in (0, 2)
    assert str(port) in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_the_page_names_every_program():
    page = (EXAMPLES.parent / "PROTOCOL.md").read_text(encoding="utf-8")
    for file in EXAMPLES.iterdir():
        assert f"examples/{file.name}" in page, file.name
    for block in page.split("```json\n")[1:]:
        json.loads(block.split("```")[0])
