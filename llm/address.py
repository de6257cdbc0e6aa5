"""Where a model server is: the forms a user may write into LLM.api, and the one that is safe to show."""

import ipaddress
from contextlib import suppress
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit


def completions_url(api: str) -> str:
    """Return the complete chat-completions URL for a complete URL, a base URL or a bare host.

    Query strings survive. Raises ValueError, a sentence naming LLM.api, for what cannot be an HTTP address.
    """
    parts = _split(api)
    path = parts.path.rstrip("/")
    if not path:
        path = "/v1"
    if path.endswith("/chat"):
        path += "/completions"
    elif not path.endswith("/chat/completions"):
        path += "/chat/completions"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def models_url(completions: str) -> str:
    """Return where the same server lists its models, for what `completions_url` gave."""
    parts = urlsplit(completions)
    path = parts.path.removesuffix("/chat/completions") + "/models"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def shown(api: str) -> str:
    """Return scheme, host and port only: a path, a query or user information may hold secrets."""
    parts = _split(api)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def is_loopback(api: str) -> bool:
    host = _split(api).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _split(api: str) -> SplitResult:
    text = api.strip()
    with suppress(ValueError):
        parts = urlsplit(text if "://" in text else _guessed_scheme(text) + text)
        is_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if is_web and not any(sign.isspace() for sign in text):
            return parts
    raise ValueError("LLM.api in config.yaml is not an address like http://127.0.0.1:11434/v1; correct or empty it.")


def _guessed_scheme(text: str) -> str:
    """A named host without a port is a public service, where plain HTTP would send the key unencrypted."""
    authority = text.split("/", 1)[0].rsplit("@", 1)[-1]
    return "https://" if "." in authority and ":" not in authority and not authority[-1].isdigit() else "http://"


def secrets_in(api: str) -> list[str]:
    """Return what must not be shown of an address: its user, its password, the values of its query."""
    parts = _split(api)
    raw = [
        parts.username,
        parts.password,
        *(value for _, value in parse_qsl(parts.query)),
    ]
    return [text for found in raw if found for text in (found, unquote(found))]
