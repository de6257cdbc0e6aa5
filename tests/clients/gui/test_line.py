"""The server in use is looked at again when there is reason to."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from clients.gui import line
from clients.gui.line import Line
from clients.protocol import Server
from clients.troubles import ServerTrouble


class ScriptedServer(Server):
    """Answers /health from a list, an exception by raising it; the last answer stays."""

    def __init__(self, *answers: dict[str, Any] | ServerTrouble):
        super().__init__("http://127.0.0.1:9")
        self.answers = list(answers)
        self.asked = 0

    def health(self) -> dict[str, Any]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, ServerTrouble):
            raise answer
        return answer

    def choices(self) -> dict[str, Any]:
        return {"voices": ["happy"]}


def health(state: str) -> dict[str, Any]:
    return {"version": "1", "engines": {"tts": {"state": state}}}


AWAY = ServerTrouble("away", "不在", kind="away")


async def settled(is_so: Any) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited in vain")


def test_engines_that_load_are_followed_until_they_are_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LOADING_LOOK_S", 0.01)

    async def test() -> None:
        changed: list[Sequence[str]] = []
        seen = Line(lambda parts: changed.append(sorted(parts)))
        server = ScriptedServer(health("loading"), health("loading"), health("ready"))
        await seen.look(server)
        assert seen.health == health("loading")
        await settled(lambda: seen.health == health("ready"))
        asked = server.asked
        await asyncio.sleep(0.1)
        assert server.asked == asked
        assert changed.count(["choices", "server"]) == 3

    asyncio.run(test())


def test_a_server_that_comes_back_is_asked_anew_and_welcomed_once() -> None:
    async def test() -> None:
        seen, welcomes = Line(lambda _: None), []
        server = ScriptedServer(AWAY, health("ready"))
        await seen.look(server)
        assert (seen.link.state, seen.link.chinese) == ("bad", "不在")
        seen.returned(lambda: welcomes.append(1))
        await settled(lambda: welcomes)
        assert (seen.link.state, seen.choices.voices) == ("good", ("happy",))
        seen.returned(lambda: welcomes.append(2))
        await asyncio.sleep(0.05)
        assert (welcomes, server.asked) == ([1], 2)

    asyncio.run(test())


def test_an_answer_of_a_server_that_is_no_longer_wanted_is_dropped() -> None:
    async def test() -> None:
        seen = Line(lambda _: None)
        slow, quick = ScriptedServer(AWAY), ScriptedServer(health("ready"))
        first = asyncio.create_task(seen.look(slow))
        await asyncio.sleep(0)
        await seen.look(quick)
        await first
        assert seen.link.state == "good"

    asyncio.run(test())


def test_losing_the_server_shows() -> None:
    seen = Line(lambda _: None)
    seen.lost()
    assert seen.link.state == "bad"
    seen.refuse()
    assert "address" in seen.link.english
