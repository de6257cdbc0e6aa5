import time

import pytest

from llm.choose import choose
from llm.client import OpenAIReplier
from llm.discover import LOCAL_SERVERS, LocalServer, find_local
from llm.model_list import chat_models
from llm.offline import Companion
from tests.support.fake_llm import HANG, FakeLLM, plain, say

pytestmark = pytest.mark.anyio


def local(*running):
    return [LocalServer(f"server {n}", llm.port) for n, llm in enumerate(running)]


async def chosen(**settings):
    defaults = {
        "api": "",
        "key": "sk-secret",
        "model": "",
        "extra_config": {},
        "connect_timeout_s": 1,
        "first_token_timeout_s": 1,
        "between_tokens_timeout_s": 1,
        "probe_local": False,
        "skip_ports": set(),
    }
    return await choose(**defaults | settings)


async def test_the_first_server_with_a_chat_model_is_taken():
    async with (
        FakeLLM(models=[]) as empty,
        FakeLLM(models=["nomic-embed-text", "bge-m3"]) as embedding,
        FakeLLM(models=["text-embedding-3", "qwen3:8b", "llama3"]) as good,
        FakeLLM(models=["other"]) as later,
    ):
        servers = local(empty, embedding, good, later)
        found = await find_local(set(), servers)
        assert found
        assert (found.server, found.api, found.models) == ("server 2", good.url, ("qwen3:8b", "llama3"))
        found = await find_local({good.port}, servers)
        assert found
        assert found.models == ("other",)


async def test_servers_that_are_something_else_are_passed_over():
    async with (
        FakeLLM([plain("<html>a router's page</html>")]) as page,
        FakeLLM([plain({"data": [{"id": "m"}]}, 401)]) as closed,
        FakeLLM([plain({"object": "list", "data": None})]) as none,
        FakeLLM([b"not http at all\r\n\r\n"]) as noise,
    ):
        assert await find_local(set(), local(page, closed, none, noise)) is None


async def test_a_server_that_hangs_costs_half_a_second_at_most():
    async with FakeLLM([HANG]) as hung, FakeLLM(models=["good"]) as good:
        await find_local({hung.port, good.port}, local(hung))
        started = time.monotonic()
        found = await find_local(set(), local(hung, good))
        assert found
        assert found.models == ("good",)
        assert time.monotonic() - started < 2


async def test_a_proxy_is_not_asked_about_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with FakeLLM(models=["good"]) as good:
        assert await find_local(set(), local(good))


async def test_nothing_to_ask_is_nothing_found():
    assert await find_local({server.port for server in LOCAL_SERVERS}) is None


@pytest.mark.parametrize(
    ("name", "can_chat"),
    [
        ("qwen2.5:7b-instruct", True),
        ("deepseek-r1", True),
        ("google/gemma-3-12b", True),
        ("Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf", True),
        ("mistral-clipped", True),
        ("text-embedding-nomic-embed-text-v1.5", False),
        ("mxbai-embed-large", False),
        ("BAAI/bge-reranker-v2-m3", False),
        ("bge-m3:latest", False),
        ("all-minilm", False),
        ("openai/whisper-large-v3", False),
        ("tts-1", False),
        ("gpt-4o-mini-tts", False),
        ("hexgrad/kokoro-82m", False),
    ],
)
def test_models_that_cannot_chat_are_left_out(name, can_chat):
    assert bool(chat_models({"data": [{"id": name}]})) is can_chat


async def test_the_configured_address_wins_and_is_not_probed():
    replier, notes = await chosen(api="http://user:pass@h:1/v1?key=abc", model="qwen", probe_local=True)
    assert isinstance(replier, OpenAIReplier)
    assert all("http://h:1" in note and "qwen" in note for note in notes)
    assert not any(secret in "".join(notes) + replier.name for secret in ("sk-secret", "user", "pass", "abc"))


async def test_a_missing_model_name_is_mentioned():
    _, notes = await chosen(api="h:1")
    assert all("LLM.model" in note for note in notes)


async def test_a_wrong_address_is_a_sentence():
    with pytest.raises(ValueError, match=r"LLM\.api"):
        await chosen(api="ftp://h")


@pytest.mark.parametrize(("wanted", "taken"), [("", "qwen3"), ("llama3", "llama3"), ("gpt-9", "qwen3")])
async def test_a_local_server_is_found_and_never_gets_the_key(monkeypatch, wanted, taken):
    async with FakeLLM(say("你好"), models=["qwen3", "llama3"]) as llm:
        monkeypatch.setattr("llm.choose.find_local", lambda skip: find_local(skip, local(llm)))
        replier, notes = await chosen(model=wanted, probe_local=True)
        assert [text async for text in replier.stream_reply([])] == ["你好"]
        await replier.close()
    assert llm.requests[-1].json["model"] == taken
    assert "authorization" not in llm.requests[-1].headers
    for note in notes:
        assert taken in note
        assert "LLM.api" in note
        assert ("gpt-9" in note) is (wanted == "gpt-9")


async def test_without_any_model_the_companion_answers():
    replier, notes = await chosen()
    assert isinstance(replier, Companion)
    assert all("LLM.api" in note and "Ollama" in note for note in notes)
