"""The page answers its own machine only, and its browser loads nothing from elsewhere."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from clients.gui.web import guarded

HERE = {"Host": "127.0.0.1:8080"}


async def page(request: object) -> PlainTextResponse:
    return PlainTextResponse("page", headers={"Access-Control-Allow-Origin": "*"})


async def font(request: object) -> PlainTextResponse:
    return PlainTextResponse("any font")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def browser() -> TestClient:
    routes = [Route("/", page), Route("/assets/fonts/roboto.woff2", font), WebSocketRoute("/ws", echo)]
    return TestClient(guarded(Starlette(routes=routes)), base_url="http://127.0.0.1:8080")


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.1"])
def test_this_machine_is_served(browser: TestClient, host: str) -> None:
    assert browser.get("/", headers={"Host": host}).text == "page"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5:8080", "", "127.0.0.1@evil.example"]
)
def test_other_names_are_refused(browser: TestClient, host: str) -> None:
    """A name that an attacker made lead here would make this page one of theirs."""
    assert browser.get("/", headers={"Host": host}).status_code == 403


def test_the_page_may_load_from_here_alone_and_others_may_not_read_it(browser: TestClient) -> None:
    headers = browser.get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_the_socket_is_for_the_page_itself(browser: TestClient) -> None:
    with browser.websocket_connect("/ws", headers=HERE | {"Origin": "http://127.0.0.1:8080"}) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "null", "https://127.0.0.1"])
def test_the_socket_is_for_no_other_page(browser: TestClient, origin: str) -> None:
    refused = (WebSocketDisconnect, WebSocketDenialResponse)
    with pytest.raises(refused), browser.websocket_connect("/ws", headers=HERE | {"Origin": origin}):
        pass


def test_a_font_that_is_missing_is_some_font(browser: TestClient) -> None:
    answer = browser.get("/assets/fonts/notocoloremoji/v32/abc.9.woff2")
    assert (answer.status_code, answer.text) == (200, "any font")
