"""Who may call, and what happens to bodies that are too large, too deep or broken."""

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.fakes import FakeRecognizer, FakeReplier, FakeSynthesizer
from tests.support.live_server import app_with, live_server
from voice.settings import LimitSettings, ServerSettings, Settings
from voice.studio_settings import StudioSettings
from voice.workshop import workshop

TOKEN = "s3cret-token"
ASK = {"msg": ["你好"]}


@pytest.fixture(scope="module")
def guarded():
    app = app_with(
        recognizer=FakeRecognizer(), replier=FakeReplier(['"好。"']), synthesizer=FakeSynthesizer(), token=TOKEN
    )
    with live_server(app) as url:
        yield url


@pytest.fixture(scope="module")
def local():
    server = Settings(
        server=ServerSettings(cors_origins=["http://friend.example"], allowed_hosts=["voice.example"]),
        limits=LimitSettings(chat_kb=64, audio_mb=0.1),
    )
    app = app_with(
        recognizer=FakeRecognizer(), replier=FakeReplier(['"好。"']), synthesizer=FakeSynthesizer(), settings=server
    )
    with live_server(app) as url:
        yield url


@pytest.mark.parametrize("path", ["/api/chat", "/api/asr", "/api/chat_v2", "/metrics", "/nothing"])
def test_beyond_loopback_everything_wants_the_token(guarded: str, path: str):
    answer = httpx.post(guarded + path, json=ASK)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "token" in answer.json()["detail"]


def test_health_is_open_and_the_token_opens_the_rest(guarded: str):
    for path in ("/health", "/", "/docs", "/openapi.json", "/static-offline-docs/swagger-ui.css"):
        assert httpx.get(guarded + path).status_code == 200
    for answer in (
        httpx.post(guarded + "/api/chat", json=ASK, headers={"Authorization": f"Bearer {TOKEN}"}),
        httpx.post(guarded + f"/api/chat?token={TOKEN}", json=ASK),
    ):
        assert answer.status_code == 200
    health = guarded + "/health"
    assert "note" not in httpx.get(health).json()["engines"]["tts"]
    assert "note" in httpx.get(health, headers={"Authorization": f"Bearer {TOKEN}"}).json()["engines"]["tts"]
    for wrong in ("Bearer nope", "Bearer", f"Basic {TOKEN}", "Bearer é"):
        headers = [(b"authorization", wrong.encode())]
        assert httpx.post(guarded + "/api/chat", json=ASK, headers=headers).status_code == 401


def test_on_loopback_a_foreign_name_or_page_is_refused(local: str):
    chat = local + "/api/chat"
    assert httpx.post(chat, json=ASK).status_code == 200
    assert httpx.post(chat, json=ASK, headers={"Host": "evil.example:8001"}).status_code == 403
    assert httpx.post(chat, json=ASK, headers={"Host": "voice.example"}).status_code == 200
    assert httpx.post(chat, json=ASK, headers={"Origin": "http://evil.example"}).status_code == 403
    assert httpx.post(chat, json=ASK, headers={"Origin": "null"}).status_code == 403
    assert httpx.post(chat, json=ASK, headers={"Origin": local}).status_code == 200
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert httpx.get(local + "/api/stream_chat", params={"text": "hi"}, headers=image).status_code == 403
    assert httpx.get(local + "/", headers=image).status_code == 200
    assert httpx.post(chat, json=ASK, headers={"Host": "[::1"}).status_code == 400
    assert httpx.post(chat, json=ASK, headers={"Origin": "http://["}).status_code == 400


def test_configured_pages_may_call_and_others_learn_nothing(local: str):
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    friend = httpx.options(local + "/api/chat", headers={"Origin": "http://friend.example"} | preflight)
    assert friend.headers["access-control-allow-origin"] == "http://friend.example"
    evil = httpx.options(local + "/api/chat", headers={"Origin": "http://evil.example"} | preflight)
    assert "access-control-allow-origin" not in evil.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"msg": 5}', 422),
        (b"{}", 422),
        (b'{"msg": [5]}', 422),
        (b'{"msg": [' + b"0," * 25_000 + b"0]}", 422),
        (b'{"msg": ["a"], "stream": "maybe"}', 422),
        (b'{"msg": ["a"], "format": "exe"}', 422),
        (b'{"msg": ["\xff"]}', 400),
        (b'{"msg": ["\\ud800"]}', 400),
        (b'{"msg": NaN}', 422),
        (b"[" * 50_000, 400),
        (b'{"msg": ' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
        (b'{"msg": [' + b'{"a":' * 9_000 + b"1" + b"}" * 9_000 + b"]}", 400),
        (b'{"msg": ["' + b"x" * 100_000 + b'"]}', 413),
        (b'{"msg": ["' + b"x" * 10_000_000 + b'"]}', 413),
    ],
)
def test_bad_bodies_get_a_clear_4xx(local: str, body: bytes, status: int):
    answer = httpx.post(local + "/api/chat", content=body, timeout=20)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert len(answer.content) < 2000
    assert "Traceback" not in answer.text


def test_a_chunked_body_is_counted_too(local: str):
    answer = httpx.post(local + "/api/chat", content=(b"x" * 10_000 for _ in range(20)), timeout=20)
    assert answer.status_code == 413


def test_an_absurd_content_length_is_answered_at_once(local: str):
    request = b"POST /api/asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n{"
    with socket.create_connection((urlsplit(local).hostname, urlsplit(local).port or 80), timeout=5) as connection:
        connection.sendall(request)
        assert b" 413 " in connection.recv(200)


def test_a_null_byte_in_a_message_is_just_a_character(local: str):
    answer = httpx.post(local + "/api/chat", content=b'{"msg": ["a\\u0000b"]}')
    assert answer.status_code == 200


def test_any_content_type_will_do(local: str):
    body = json.dumps(ASK).encode()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert httpx.post(local + "/api/chat", content=body, headers={"Content-Type": content_type}).status_code == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(["/api/chat", "/api/chat_v2", "/api/asr"]),
    body=st.one_of(
        st.binary(max_size=200),
        JSON.map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries({"msg": JSON, "data": JSON}).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_no_body_at_all_makes_the_server_fail(local: str, path: str, body: bytes):
    answer = httpx.post(local + path, content=body, timeout=20)
    assert answer.status_code < 500, answer.text


@given(text=st.text(max_size=50))
@settings(max_examples=30)
def test_no_message_in_the_url_makes_the_server_fail(local: str, text: str):
    assert httpx.get(local + "/api/stream_chat", params={"text": text}).status_code == 200


def test_health_and_metrics_and_information(local: str):
    health = httpx.get(local + "/health").json()
    assert health["status"] == "healthy"
    assert (health["engines"]["tts"]["state"], health["engines"]["tts"]["engine"]) == ("ready", "fake voice")
    assert health["engines"]["asr"]["note"] == health["engines"]["asr"]["note_zh"] == "not part of this test"
    httpx.post(local + "/api/chat", json=ASK)
    metrics = httpx.get(local + "/metrics").text
    assert 'yinliu_turns_total{outcome="answered"}' in metrics
    assert 'yinliu_turn_stage_seconds_bucket{le="0.005",stage="first_audio"}' in metrics
    assert "yinliu_open_streams 0.0" in metrics
    assert "/api/chat" in str(httpx.get(local + "/").json())
    assert httpx.get(local + "/openapi.json").status_code == 200
    assert "//cdn" not in httpx.get(local + "/docs").text
    assert httpx.get(local + "/nothing").json() == {"detail": "Not Found"}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory):
    place = tmp_path_factory.mktemp("studio")
    configured = Settings(
        studio=StudioSettings(work_dir=str(place / "work")), server=ServerSettings(data_dir=str(place / "data"))
    )
    with live_server(app_with(settings=configured, workshop=workshop(configured))) as url:
        yield url, place / "work"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
@pytest.mark.parametrize(
    "route", ["POST /characters", "DELETE /characters/a", "POST /characters/a/audio/upload", "POST /jobs/x/cancel"]
)
def test_no_page_of_others_reaches_the_studio(studio, route: str, headers: dict[str, str]):
    """A form with files is a request that a browser sends to any address without asking."""
    url, work_dir = studio
    method, path = route.split()
    answer = httpx.request(method, f"{url}/api/v1{path}", headers=headers, files={"file": ("a.wav", b"RIFF")})
    assert answer.status_code == 403
    assert not work_dir.exists()


def test_the_studio_wants_the_token(tmp_path: Path):
    configured = Settings(studio=StudioSettings(work_dir=str(tmp_path / "work")))
    with live_server(app_with(settings=configured, workshop=workshop(configured), token=TOKEN)) as url:
        for path in ("/characters", "/jobs", "/default_character", "/characters/a/clips"):
            assert httpx.get(f"{url}/api/v1{path}").status_code == 401
        wrong = httpx.get(f"{url}/api/v1/characters", headers={"Authorization": "Bearer wrong"})
        assert "is not the server's" in wrong.json()["detail"]
        assert httpx.get(f"{url}/api/v1/characters", headers={"Authorization": f"Bearer {TOKEN}"}).json() == []
