import asyncio
import contextlib
import json
import logging
import time

import pytest

from llm.client import OpenAIReplier
from llm.replier import LLMError
from tests.support.fake_llm import CLOSE, HANG, RESET, FakeLLM, delta, event, plain, say, status, stream

pytestmark = pytest.mark.anyio

HISTORY = [{"role": "user", "content": "你好"}]


@contextlib.asynccontextmanager
async def replier_for(api, key="sk-secret", extra=None, connect_s=1.0, first_s=1.0, between_s=1.0, model="m"):
    replier = OpenAIReplier(api, key, model, extra or {}, connect_s, first_s, between_s)
    try:
        yield replier
    finally:
        await replier.close()


async def answer(script, **settings):
    """Return all texts one scripted answer gives."""
    async with FakeLLM(script) as llm, replier_for(llm.url, **settings) as replier:
        return [text async for text in replier.stream_reply(HISTORY)]


async def failure(*scripts, **settings):
    """Return the texts that came, the error that followed, and the server."""
    texts = []
    async with FakeLLM(*scripts) as llm, replier_for(llm.url, **settings) as replier:
        with pytest.raises(LLMError) as caught:  # noqa: PT012 - what came before the error matters
            async for text in replier.stream_reply(HISTORY):
                texts.append(text)  # noqa: PERF401 - a comprehension would lose them
    return texts, caught.value, llm


async def test_tokens_arrive_as_they_are_written():
    assert await answer(say("你", "好", "，hello", " world")) == ["你", "好", "，hello", " world"]


async def test_the_request_is_the_settings_and_the_history_as_it_came():
    messages = [
        {"role": "system", "content": "你是小雪 ❄"},
        {"role": "narrator", "content": None, "unknown": {"deep": [1, 2.5, True]}, "name": "x"},
        {"role": "user", "content": [{"type": "text", "text": "看"}, {"type": "image_url", "image_url": {"url": "u"}}]},
        "a bare string",
    ]
    extra = {"temperature": 0.7, "stream": False, "messages": [], "options": {"num_ctx": 4096}}
    async with FakeLLM() as llm, replier_for(llm.url, extra=extra) as replier:
        await _drain(replier, messages)
    sent = llm.requests[0]
    assert (sent.method, sent.target) == ("POST", "/v1/chat/completions")
    assert sent.headers["authorization"] == "Bearer sk-secret"
    assert sent.headers["content-type"] == "application/json"
    assert sent.json == {
        "model": "m",
        "stream": True,
        "temperature": 0.7,
        "options": {"num_ctx": 4096},
        "messages": messages,
    }
    assert json.dumps(messages, ensure_ascii=False, separators=(",", ":")).encode() in sent.body


async def test_the_environment_changes_nothing(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with FakeLLM() as llm, replier_for(llm.url, key="") as replier:
        await _drain(replier)
    assert "authorization" not in llm.requests[0].headers
    assert "from-environment" not in str(llm.requests[0].headers)


async def test_a_query_in_the_address_survives():
    async with FakeLLM() as llm, replier_for(f"{llm.url}/chat/completions?api-version=1&x=a%20b") as replier:
        await _drain(replier)
    assert llm.requests[0].target == "/v1/chat/completions?api-version=1&x=a%20b"


async def test_connections_are_used_again():
    async with FakeLLM(say("a"), stream(event(delta("b", "stop"))), say("c")) as llm, replier_for(llm.url) as replier:
        for _ in range(3):
            await _drain(replier)
    assert len(llm.requests) == 3
    assert llm.connections == 1


async def test_a_kept_connection_that_the_server_closed_is_no_failure():
    async with FakeLLM([*say("a"), CLOSE], say("b")) as llm, replier_for(llm.url) as replier:
        await _drain(replier)
        assert [text async for text in replier.stream_reply(HISTORY)] == ["b"]


@pytest.mark.parametrize(
    ("messages", "arrived"),
    [
        ([{"role": "user", "content": "lone \ud83d end"}], "lone \ufffd end"),
        ([{"role": "user", "content": "pair \ud83d\ude00"}], "pair 😀"),
        ([{"role": "user", "content": "\x00 null"}], "\x00 null"),
    ],
)
async def test_text_that_is_no_unicode_is_mended(messages, arrived):
    async with FakeLLM() as llm, replier_for(llm.url) as replier:
        await _drain(replier, messages)
    assert llm.requests[0].json["messages"][0]["content"] == arrived


@pytest.mark.parametrize(
    "messages", [[{"role": "user", "content": float("nan")}], [{"role": "user", "content": object()}]]
)
async def test_what_json_cannot_hold_is_a_clean_error(messages):
    async with replier_for("http://127.0.0.1:9") as replier:
        with pytest.raises(LLMError, match="cannot be written as JSON"):
            await _drain(replier, messages)


async def test_a_key_that_no_header_can_hold_is_a_clean_error():
    async with replier_for("http://127.0.0.1:9", key="你的key") as replier:
        with pytest.raises(LLMError, match=r"LLM\.key"):
            await _drain(replier)


async def test_an_answer_that_is_no_stream_is_spoken_at_once():
    body = {"choices": [{"message": {"role": "assistant", "content": '[开心]"你好！"'}, "finish_reason": "stop"}]}
    assert await answer([plain(body)]) == ['[开心]"你好！"']


async def test_garbage_between_good_lines_is_skipped_with_one_log_line(caplog):
    with caplog.at_level(logging.WARNING, "yinliu.llm"):
        texts = await answer(
            stream(
                event(delta("a")), b"data: {broken\n\nwhat is this\n", event(delta("b", "stop")), b"data: [DONE]\n\n"
            )
        )
    assert texts == ["a", "b"]
    assert len([record for record in caplog.records if record.name == "yinliu.llm"]) == 1


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (stream(b"garbage\n\n", b"\xff\xfe more\n"), "nothing that reads as a chat answer"),
        (stream(b"data: {broken\n\ndata: [DONE]\n\n"), "nothing that reads as a chat answer"),
        ([plain("<!DOCTYPE html><html><body>Welcome</body></html>")], "web page"),
        ([plain({"hello": "world"})], "nothing that reads as a chat answer"),
        ([plain({"error": {"message": "no such model"}})], "no such model"),
        (stream(), "without a word"),
    ],
)
async def test_no_answer_at_all_is_a_stream_error(script, expected):
    texts, error, _ = await failure(script)
    assert texts == []
    assert error.kind == "llm_stream_error"
    assert expected in str(error)


@pytest.mark.parametrize("broken", [(CLOSE,), (RESET,), (b'data: {"choi', CLOSE), ()])
async def test_breaking_off_keeps_what_arrived(broken):
    texts, error, llm = await failure(stream(event(delta("你")), event(delta("好")), 0.02, *broken))
    assert "".join(texts) == "你好"
    assert error.kind == "llm_stream_error"
    assert len(llm.requests) == 1


async def test_an_error_inside_the_stream_is_told_without_the_key():
    texts, error, _ = await failure(
        stream(event(delta("half")), event({"error": {"message": "out of memory, key sk-secret", "code": 500}}))
    )
    assert texts == ["half"]
    assert error.kind == "llm_stream_error"
    assert "out of memory" in str(error)
    assert "sk-secret" not in str(error)


@pytest.mark.parametrize(
    ("code", "setting"), [(400, "LLM.model"), (401, "LLM.key"), (403, "LLM.key"), (404, "LLM.api"), (422, "LLM.model")]
)
async def test_a_refusal_names_the_setting_and_is_not_repeated(code, setting):
    said = {"error": {"message": f"wrong: sk-secret\n{'x' * 500}"}}
    _, error, llm = await failure(status(code, said))
    assert (error.kind, error.status) == ("llm_http_error", code)
    assert setting in str(error)
    assert "wrong: ***" in str(error)
    assert "sk-secret" not in str(error)
    assert len(str(error)) < 400
    assert len(llm.requests) == 1


@pytest.mark.parametrize(
    "body", ["<html><b>Bad gateway</b></html>", {"detail": "读不懂 sk-secret"}, {"message": None}, []]
)
async def test_any_shape_of_error_body_is_readable(body):
    _, error, _ = await failure(status(418, body))
    assert error.status == 418
    assert "<" not in str(error)
    assert "sk-secret" not in str(error)


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_a_passing_failure_is_tried_once_more(code):
    async with FakeLLM(status(code, headers={"Retry-After": "0"}), say("ok")) as llm, replier_for(llm.url) as replier:
        assert [text async for text in replier.stream_reply(HISTORY)] == ["ok"]
    assert len(llm.requests) == 2


async def test_a_lasting_failure_is_told_after_the_second_try():
    _, error, llm = await failure(status(503, headers={"Retry-After": "0"}))
    assert (error.kind, error.status) == ("llm_http_error", 503)
    assert len(llm.requests) == 2


@pytest.mark.parametrize("retry_after", ["30", "Wed, 21 Oct 2099 07:28:00 GMT", "-1"])
async def test_a_long_pause_is_not_waited_for(retry_after):
    _, error, llm = await failure(status(429, headers={"Retry-After": retry_after}))
    assert error.status == 429
    assert len(llm.requests) == 1


async def test_retry_after_is_honoured():
    async with FakeLLM(status(429, headers={"Retry-After": "0.2"}), say("ok")) as llm, replier_for(llm.url) as replier:
        await _drain(replier)
    assert llm.requests[1].at_s - llm.requests[0].at_s >= 0.2


async def test_a_connection_that_ends_before_the_head_is_tried_once_more():
    async with FakeLLM([RESET], say("ok")) as llm, replier_for(llm.url) as replier:
        assert [text async for text in replier.stream_reply(HISTORY)] == ["ok"]
    assert len(llm.requests) == 2


async def test_nobody_listening_is_unreachable():
    async with FakeLLM() as gone:
        pass
    async with replier_for(gone.url) as replier:
        with pytest.raises(LLMError, match=r"LLM\.api") as caught:
            await _drain(replier)
    assert caught.value.kind == "llm_unreachable"


async def test_a_connection_that_is_never_made_is_unreachable_in_time(monkeypatch):
    async def never(*_, **__):
        await asyncio.Event().wait()

    async with replier_for("http://model.invalid:8000", connect_s=0.1) as replier:
        await replier.warm_up()
        monkeypatch.setattr("anyio.connect_tcp", never)
        with pytest.raises(LLMError, match=r"0\.1 s") as caught:
            await _drain(replier)
    assert caught.value.kind == "llm_unreachable"


@pytest.mark.parametrize(
    "script",
    [
        [HANG],
        stream(HANG),
        stream(event(delta("", role="assistant")), HANG),
        stream(*(b": ping\n\n", 0.04) * 10, HANG),
    ],
    ids=["no head", "head only", "empty delta", "comments"],
)
async def test_silence_before_the_first_text_is_a_timeout(script):
    _, error, llm = await failure(script, first_s=0.15, between_s=5)
    assert error.kind == "llm_timeout"
    assert "0.15 s" in str(error)
    assert len(llm.requests) == 1


async def test_silence_between_tokens_is_a_timeout():
    texts, error, _ = await failure(stream(event(delta("你好")), HANG), first_s=5, between_s=0.1)
    assert texts == ["你好"]
    assert error.kind == "llm_timeout"


async def test_tokens_may_be_further_apart_than_the_first_may_be_late():
    assert await answer(stream(event(delta("a")), 0.3, event(delta("b", "stop"))), first_s=0.1) == ["a", "b"]


async def test_thinking_is_dropped_and_counts_as_life():
    thoughts = [part for n in range(8) for part in (event(delta(reasoning_content=f"hm {n}")), 0.04)]
    texts = await answer(stream(*thoughts, event(delta("yes", "stop"))), first_s=0.15, between_s=0.15)
    assert texts == ["yes"]


async def test_a_slow_listener_is_not_a_silent_model():
    async with FakeLLM(say("a", "b", "c", delay_s=0.01)) as llm, replier_for(llm.url, between_s=0.1) as replier:
        texts = []
        async for text in replier.stream_reply(HISTORY):
            texts.append(text)
            await asyncio.sleep(0.15)
    assert texts == ["a", "b", "c"]


async def test_a_server_that_keeps_the_line_open_after_the_end_costs_little():
    started = time.monotonic()
    assert await answer(stream(event(delta("a", "stop")), b"data: [DONE]\n\n", HANG), first_s=9, between_s=9) == ["a"]
    assert await answer(stream(event(delta("a", "stop")), HANG), first_s=9, between_s=9) == ["a"]
    assert time.monotonic() - started < 4


async def test_closing_the_iterator_closes_the_connection():
    async with FakeLLM(stream(event(delta("a")), HANG)) as llm, replier_for(llm.url, between_s=9) as replier:
        texts = replier.stream_reply(HISTORY)
        assert await anext(texts) == "a"
        left = time.monotonic()
        await texts.aclose()
        assert await llm.wait_for_disconnect() - left < 0.5


@pytest.mark.parametrize(
    "script", [[HANG], stream(HANG), stream(event(delta("a")), HANG)], ids=["head", "first", "next"]
)
async def test_cancelling_the_task_closes_the_connection(script):
    async with FakeLLM(script) as llm, replier_for(llm.url, first_s=9, between_s=9) as replier:
        listening = asyncio.create_task(_drain(replier))
        await llm.wait_for_request()
        await asyncio.sleep(0.05)
        left = time.monotonic()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        assert await llm.wait_for_disconnect() - left < 0.5


async def test_a_long_line_and_broken_characters_cross_packets():
    whole = event(delta("长" * 70_000)) + event(delta("好😀", "stop"))
    head, tail = whole[:-200], whole[-200:]
    packets = [head[start : start + 9973] for start in range(0, len(head), 9973)] + [bytes([byte]) for byte in tail]
    assert "".join(await answer(stream(*packets))) == "长" * 70_000 + "好😀"


def test_the_fake_server_also_runs_in_a_thread():
    async def ask(url):
        async with replier_for(url) as replier:
            return await _drain(replier)

    with FakeLLM(say("a"), say("b")) as llm:
        assert [asyncio.run(ask(llm.url)), asyncio.run(ask(llm.url))] == ["a", "b"]
    assert len(llm.requests) == 2


async def test_many_turns_at_once_do_not_mix():
    scripts = [say(str(n), str(n), delay_s=0.01) for n in range(20)]
    async with FakeLLM(*scripts) as llm, replier_for(llm.url) as replier:
        replies = await asyncio.gather(*(_drain(replier) for _ in scripts))
    assert sorted(replies) == sorted(f"{n}{n}" for n in range(20))


async def test_nothing_secret_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    script = status(500, {"error": "sk-secret hunter2"}, {"Retry-After": "0"})
    async with FakeLLM(script, script, say("a")) as llm, replier_for(f"{llm.url}?token=hunter2") as replier:
        with pytest.raises(LLMError) as caught:
            await _drain(replier)
        await _drain(replier)
    assert caplog.records
    logged = caplog.text + str(caught.value)
    assert "sk-secret" not in logged
    assert "hunter2" not in logged


async def test_the_name_shows_no_secret():
    replier = OpenAIReplier("http://user:pass@h:1/v1?key=abc", "sk-secret", "qwen", {}, 1, 1, 1)
    assert replier.name == "qwen at http://h:1"


async def _drain(replier, messages=HISTORY):
    return "".join([text async for text in replier.stream_reply(messages)])
