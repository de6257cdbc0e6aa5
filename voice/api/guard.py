"""Who may call: a token beyond loopback, and on loopback no web page but our own."""

import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN_PATHS = frozenset({"/", "/health"})
"""Answered without a token: they say that the server is here, and how it is."""
PAGES = ("/web/", "/docs", "/redoc", "/openapi.json", "/static-offline-docs/")
"""The same in every installation, and a page cannot give its own parts a token."""


def is_loopback(host: str) -> bool:
    """Whether an address or host name can only be reached from this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


MISSING = "An access token is needed: `Authorization: Bearer ...`, or `?token=...` in the URL."
WRONG = "This access token is not the server's; the right one is in its data/token, or in server.token."


class Guard:
    """ASGI middleware. token "" lets everybody in who may reach the port.

    On loopback the Host header must name this machine: a web page could otherwise point a name of its own at
    127.0.0.1 and speak through its visitor's browser. A foreign Origin is refused everywhere for the same reason.
    """

    def __init__(self, app: ASGIApp, token: str, allowed_hosts: Iterable[str], cors_origins: Iterable[str]):
        self._app = app
        self._token = token
        self._allowed_hosts = frozenset(allowed_hosts)
        self._cors_origins = frozenset(cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "refused"})
        else:
            await refusal(scope, receive, send)

    def _refuse(self, scope: Scope) -> JSONResponse | None:
        try:
            return self._refuse_or_raise(scope)
        except ValueError:
            return _refusal(400, "The Host or Origin header is no address.")

    def _refuse_or_raise(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._token and not self._is_our_host(host):
            return _refusal(403, f"This server is not known as {host!r}; add the name to server.allowed_hosts.")
        origin = headers.get("origin")
        if origin and not self._is_our_origin(origin, host):
            return _refusal(403, f"Pages of {origin!r} may not call; add the origin to server.cors_origins.")
        is_open = scope["path"] in OPEN_PATHS or scope["path"].startswith(PAGES)
        # same-site: another port of this machine, which may be anybody's.
        if not is_open and not origin and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return _refusal(403, "Pages of other sites may not call; add their origin to server.cors_origins.")
        is_known = not self._token or self._has_token(scope, headers)
        scope.setdefault("state", {})["is_known"] = is_known
        if not is_open and not is_known:
            return _refusal(401, WRONG if self._offered(scope, headers) else MISSING)
        return None

    def _is_our_host(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        return is_loopback(name) or name in self._allowed_hosts

    def _is_our_origin(self, origin: str, host: str) -> bool:
        return urlsplit(origin).netloc == host or bool({origin, "*"} & self._cors_origins)

    def _has_token(self, scope: Scope, headers: Headers) -> bool:
        return hmac.compare_digest(self._offered(scope, headers).encode(), self._token.encode())

    def _offered(self, scope: Scope, headers: Headers) -> str:
        scheme, _, offered = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            query = parse_qs(scope["query_string"].decode("latin-1"))
            offered = query.get("token", [""])[0]
        return offered.strip()


def _refusal(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, {"WWW-Authenticate": "Bearer"} if status == 401 else None)
