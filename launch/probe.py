"""Short questions to addresses: does anything listen, does it speak HTTP, what does it say."""

import http.client
import json
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

NO_ANSWER = (OSError, ValueError, http.client.HTTPException)
"""Nothing there, not in time, no such address, or something that speaks no HTTP or no JSON."""


def is_listening(port: int, timeout_s: float = 0.5) -> bool:
    """Whether this machine has something behind the port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout_s):
            return True
    except OSError:
        return False


def get_json(url: str, timeout_s: float) -> dict | None:
    """The JSON object at the address; None when there is none in time."""
    try:
        with opener(url).open(url, timeout=timeout_s) as response:
            answer = json.loads(response.read(1_000_000))
    except NO_ANSWER:
        return None
    return answer if isinstance(answer, dict) else None


def answers(url: str, timeout_s: float) -> bool:
    """Whether a web server answers there, be it with an error."""
    try:
        opener(url).open(url, timeout=timeout_s).close()
    except urllib.error.HTTPError:
        return True
    except NO_ANSWER:
        return False
    return True


def opener(url: str) -> urllib.request.OpenerDirector:
    """What opens the address; a proxy is never asked for this machine."""
    is_local = (urlsplit(url).hostname or "") in ("127.0.0.1", "localhost", "::1")
    return urllib.request.build_opener(*[urllib.request.ProxyHandler({})] if is_local else [])
