"""The window as a page on this machine alone: it loads nothing from elsewhere, and no other page may talk to it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

OWN_NAMES = ("127.0.0.1", "localhost", "::1")
FALLBACK_FONTS = "/assets/fonts/noto"
ANY_FONT = "/assets/fonts/roboto.woff2"
# Flutter compiles WebAssembly and writes styles into the page; everything it asks others for is refused by the browser.
POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; "
    "connect-src 'self' data: blob: ws://127.0.0.1:* ws://localhost:*; frame-ancestors 'none'"
)


def guarded(app: Application) -> Application:
    """The application, for browsers of this machine that opened this very page."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        elif not is_from_here(dict(scope["headers"])):
            await _refuse(scope, send)
        else:
            await app(_with_known_font(scope), receive, _with_policy(send))

    return guard


def is_from_here(headers: dict[bytes, bytes]) -> bool:
    """Whether a request names this machine as its host, and comes from a page that it served, if from any.

    Otherwise every web page that somebody visits could open a socket here, and listen or speak in their name.
    """
    host = headers.get(b"host", b"").decode("latin-1")
    if urlsplit(f"//{host}").hostname not in OWN_NAMES:
        return False
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == host


def _with_known_font(scope: Scope) -> Scope:
    """Any font will do where the painter looks for a glyph that it lacks: answered 404, it asks anew for ever."""
    if scope.get("path", "").startswith(FALLBACK_FONTS):
        return {**scope, "path": ANY_FONT, "raw_path": ANY_FONT.encode()}
    return scope


def _with_policy(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value) for name, value in message["headers"] if name.lower() != b"access-control-allow-origin"
            ]
            message = {**message, "headers": [*kept, (b"content-security-policy", POLICY.encode())]}
        await send(message)

    return sending


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"This page is for the browser of its own machine."})
