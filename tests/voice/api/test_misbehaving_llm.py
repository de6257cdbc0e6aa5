"""Whole turns against a model server over real HTTP that misbehaves, and listeners who leave in the middle."""

import time

import httpx
import pytest

from llm.client import OpenAIReplier
from tests.support.fake_llm import CLOSE, HANG, RESET, FakeLLM, delta, event, plain, say, status, stream
from tests.support.fakes import FakeSynthesizer
from tests.support.field_client import read_like_a_field_client
from tests.support.live_server import app_with, live_server
from tests.support.processes import wait_until
from tests.voice.api.test_chat_contract import ask_without_reading
from tts.synthesizer import Voice

FIRST = event(delta('"第一句话。'))
ASK = {"msg": [{"role": "user", "content": "你好"}]}


def replier(url: str) -> OpenAIReplier:
    return OpenAIReplier(url, "sk-hush", "m", {"temperature": 0.7}, 1.0, 0.5, 0.5)


def answer(llm: FakeLLM) -> list[dict]:
    with live_server(app_with(replier=replier(llm.url), synthesizer=FakeSynthesizer())) as url:
        started = time.monotonic()
        raw = httpx.post(url + "/api/chat", json=ASK, timeout=20).content
    assert time.monotonic() - started < 10
    return read_like_a_field_client(raw.split(b"\n"))


@pytest.mark.parametrize(
    ("script", "kind", "http_status"),
    [
        (status(401, {"error": {"message": "bad key sk-hush"}}), "llm_http_error", 401),
        (status(404), "llm_http_error", 404),
        (status(429), "llm_http_error", 429),
        (status(500), "llm_http_error", 500),
        ([HANG], "llm_timeout", None),
        (stream(HANG), "llm_timeout", None),
        ([CLOSE], "llm_unreachable", None),
        ([plain("<html>a router</html>")], "llm_stream_error", None),
        (stream(b"data: nonsense\n\n", b"data: {]\n\n"), "llm_stream_error", None),
    ],
)
def test_a_reply_that_never_begins_is_told_in_the_only_frame(script, kind, http_status):
    with FakeLLM(script) as llm:
        (last,) = answer(llm)
    assert (last["message"], last["done"]) == ("", True)
    assert last["error"]["type"] == kind
    assert last["error"].get("status") == http_status
    assert "hush" not in last["error"]["message"]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (stream(FIRST, HANG), "llm_timeout"),
        (stream(FIRST, CLOSE), "llm_stream_error"),
        (stream(FIRST, RESET), "llm_stream_error"),
        (stream(FIRST, event({"error": {"message": "out of memory"}})), "llm_stream_error"),
    ],
)
def test_a_reply_that_breaks_off_is_heard_as_far_as_it_came(script, kind):
    with FakeLLM(script) as llm:
        first, last = answer(llm)
    assert first["message"] == "第一句话。"
    assert first["file"].startswith("UklGR")
    assert last["message"] == '"第一句话。'
    assert last["error"]["type"] == kind


def test_oddities_of_a_stream_do_not_reach_the_listener():
    long = "很" * 70_000
    script = stream(
        event(delta(role="assistant")),
        event(delta(reasoning_content="thinking aloud")),
        b": keep-alive\n\n",
        event(delta('"第一句data: 话。')),
        b"data: garbage\n\n",
        event({"choices": [], "usage": {"total_tokens": 3}}),
        event(delta(f'二。"（{long}）')),
        event(delta(None, finish_reason="stop")) + b"data: [DONE]\n\n",
    )
    with FakeLLM(script) as llm:
        *pieces, last = answer(llm)
    assert [piece["message"] for piece in pieces] == ["第一句data: 话。", "二。"]
    assert last["message"] == f'"第一句data: 话。二。"（{long}）'
    assert "error" not in last


def test_nobody_listening_at_the_address_is_told_in_time():
    with live_server(app_with(replier=replier("http://127.0.0.1:9/v1"), synthesizer=FakeSynthesizer())) as url:
        raw = httpx.post(url + "/api/chat", json=ASK, timeout=20).content
    (last,) = read_like_a_field_client(raw.split(b"\n"))
    assert last["error"]["type"] == "llm_unreachable"


def test_the_request_is_the_contracts():
    with FakeLLM(say('"好。"')) as llm:
        answer(llm)
        (request,) = llm.requests
    assert request.target == "/v1/chat/completions"
    assert request.headers["authorization"] == "Bearer sk-hush"
    assert request.json == {"model": "m", "stream": True, "temperature": 0.7, "messages": ASK["msg"]}


@pytest.mark.parametrize("is_parked", [True, False])
def test_a_listener_who_leaves_closes_the_models_connection_and_stops_the_voice(is_parked: bool):
    """Parked: everything waits for the model. Otherwise the server is blocked in a send to somebody who never reads."""

    class Loud(FakeSynthesizer):
        async def speak(self, text: str, voice: Voice):
            async for part in super().speak(text, voice):
                yield part * 20_000

    sentences = [event(delta(f"这是第{n}句话。")) for n in range(200)]
    script = stream(FIRST, HANG) if is_parked else stream(event(delta('"')), *sentences, HANG)
    synthesizer = FakeSynthesizer() if is_parked else Loud()
    with FakeLLM(script) as llm:
        patient = OpenAIReplier(llm.url, "", "m", {}, 5.0, 60.0, 60.0)
        with live_server(app_with(replier=patient, synthesizer=synthesizer)) as url:
            listener = ask_without_reading(url)
            assert wait_until(lambda: bool(synthesizer.finished))
            time.sleep(0.3)
            assert not llm.disconnects
            begun = len(synthesizer.begun)
            listener.close()
            assert wait_until(lambda: bool(llm.disconnects), 3)
            # The closed connection may free the blocked send first, and with it one more piece.
            assert len(synthesizer.begun) <= begun + 1 < 100
            steps = synthesizer.steps_taken
            time.sleep(0.1)
            assert synthesizer.steps_taken == steps
