"""Which models a listener may choose from."""

import pytest

from llm.address import models_url
from llm.client import OpenAIReplier
from llm.offline import Companion
from tests.support.fake_llm import FakeLLM, say

pytestmark = pytest.mark.anyio


def replier(url: str, model: str = "") -> OpenAIReplier:
    return OpenAIReplier(url, "k-1", model, {"temperature": 1}, 2, 2, 2)


@pytest.mark.parametrize(
    ("completions", "models"),
    [
        ("http://h:1/v1/chat/completions", "http://h:1/v1/models"),
        ("https://h/openai/v1/chat/completions?version=2", "https://h/openai/v1/models?version=2"),
    ],
)
def test_models_are_listed_beside_completions(completions: str, models: str):
    assert models_url(completions) == models


async def test_the_configured_model_comes_first_and_once():
    async with FakeLLM(models=["a", "b", "text-embedding-3"]) as server:
        assert await replier(server.url, "b").models() == ["b", "a"]
        assert await replier(server.url, "own").models() == ["own", "a", "b"]
        assert await replier(server.url).models() == ["a", "b"]
        assert server.requests[0].headers["authorization"] == "Bearer k-1"


async def test_a_server_that_lists_nothing_leaves_the_configured_one():
    async with FakeLLM() as server:
        url = server.url
    assert await replier(url, "own").models() == ["own"]
    assert await Companion().models() == []


async def test_options_hold_for_one_reply_and_never_change_its_messages():
    async with FakeLLM(say("ok")) as server:
        one = replier(server.url, "own")
        wanted = {"model": "b", "temperature": 0, "messages": [], "stream": False}
        assert [text async for text in one.stream_reply([{"role": "user", "content": "?"}], wanted)] == ["ok"]
        assert [text async for text in one.stream_reply([{"role": "user", "content": "?"}])] == ["ok"]
        first, second = (request.json for request in server.requests)
    assert (first["model"], first["temperature"], first["stream"]) == ("b", 0, True)
    assert (second["model"], second["temperature"]) == ("own", 1)
    assert first["messages"] == second["messages"] == [{"role": "user", "content": "?"}]
