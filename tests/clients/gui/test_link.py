"""Looking at servers of several kinds."""

import pytest
from fastapi import FastAPI

from clients.gui.link import Choices, choices_from, full_address, is_loading, look_at
from clients.protocol import Server
from tests.support.fakes import FakeReplier
from tests.support.live_server import app_with, live_server
from voice.engine_settings import CharacterSettings
from voice.settings import Settings


@pytest.mark.parametrize(
    ("typed", "want"),
    [
        ("http://box:8001", "http://box:8001"),
        (" 192.168.1.5:8001/ ", "http://192.168.1.5:8001"),
        ("https://voice.example/yinliu/", "https://voice.example/yinliu"),
        ("box", "http://box"),
        ("[::1]:8001", "http://[::1]:8001"),
        ("", None),
        ("http://", None),
        ("ftp://box", None),
        ("box:port", None),
        ("http://bo x", None),
        ("http://[::", None),
    ],
)
def test_an_address_may_be_typed_without_its_beginning(typed: str, want: str | None) -> None:
    assert full_address(typed) == want


def test_a_server_says_its_version_its_engines_and_what_may_be_chosen() -> None:
    settings = Settings(characters={"小音": CharacterSettings(about="爱聊天")})
    with live_server(app_with(replier=FakeReplier([]), settings=settings)) as url:
        look = look_at(Server(url))
    assert look.link.state == "good"
    assert look.choices.characters == {"小音": "爱聊天"}
    assert look.choices.models == ("fake model", "another model")
    assert look.health is not None
    assert look.health["engines"]["llm"]["state"] == "ready"
    assert look.health["version"] in look.link.english
    assert look.health["version"] in look.link.chinese


def test_a_wrong_token_is_told_although_health_answers_anybody() -> None:
    with live_server(app_with(token="right")) as url:
        assert look_at(Server(url, "right")).link.state == "good"
        wrong = look_at(Server(url, "wrong")).link
    assert wrong.state == "bad"
    assert "token" in wrong.english
    assert "令牌" in wrong.chinese


def test_an_older_server_offers_nothing() -> None:
    app = FastAPI()
    app.get("/health")(lambda: {"status": "healthy", "version": "0.0.9"})
    with live_server(app) as url:
        look = look_at(Server(url))
    assert (look.link.state, look.choices) == ("good", Choices())
    assert "older" in look.link.english


def test_no_server_is_a_sentence_that_names_the_address() -> None:
    look = look_at(Server("http://127.0.0.1:9"))
    assert (look.link.state, look.health) == ("bad", None)
    assert "127.0.0.1:9" in look.link.english


def test_what_a_server_leaves_out_is_no_choice() -> None:
    assert choices_from({"voices": None, "llm": None}) == Choices()
    assert choices_from({"characters": [{"name": "a"}]}).characters == {"a": ""}


def test_loading_is_seen_in_any_engine() -> None:
    assert is_loading({"engines": {"asr": {"state": "ready"}, "tts": {"state": "loading"}}})
    assert not is_loading({"engines": {"asr": {"state": "absent"}}})
    assert not is_loading(None)
