"""Looks at a server: does it answer, which engines has it, and what may be chosen. Waits for the network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from clients.gui.words import TEXTS
from clients.protocol import Server
from clients.troubles import ServerTrouble


@dataclass(frozen=True)
class Link:
    """Whether the server can be used, with the sentence that says so."""

    state: Literal["unknown", "testing", "good", "bad"] = "unknown"
    english: str = ""
    chinese: str = ""


@dataclass(frozen=True)
class Choices:
    """What the server lets a user choose; empty where there is no choice."""

    characters: Mapping[str, str] = field(default_factory=dict)
    """Names, each with a sentence about it."""
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    models: tuple[str, ...] = ()

    def offered(self) -> dict[str, tuple[str, ...]]:
        """By the name of the setting that chooses among them."""
        return {
            "character": tuple(self.characters),
            "voice": self.voices,
            "language": self.languages,
            "model": self.models,
        }


@dataclass(frozen=True)
class Look:
    """What was found."""

    link: Link
    health: Mapping[str, Any] | None = None
    choices: Choices = Choices()


def full_address(typed: str) -> str | None:
    """The URL that somebody means, who may have left out http://; None when it cannot be one."""
    url = typed.strip()
    url = (url if "://" in url else f"http://{url}").rstrip("/")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return url if is_address and url.isprintable() and " " not in url else None


def look_at(server: Server) -> Look:
    """Ask a server about itself."""
    try:
        health = server.health()
        offered = server.choices()
    except ServerTrouble as trouble:
        if trouble.kind == "token":
            return Look(Link("bad", *TEXTS["wrong_token"]))
        return Look(Link("bad", trouble.english, trouble.chinese))
    key = "connected" if offered else "connected_old"
    english, chinese = (text.format(version=health.get("version", "?")) for text in TEXTS[key])
    return Look(Link("good", english, chinese), health, choices_from(offered or {}))


def choices_from(offered: Mapping[str, Any]) -> Choices:
    """What GET /api/choices answers, read leniently: servers of other versions may leave things out."""
    return Choices(
        characters={each["name"]: each.get("about", "") for each in offered.get("characters") or []},
        voices=tuple(offered.get("voices") or ()),
        languages=tuple(offered.get("languages") or ()),
        models=tuple((offered.get("llm") or {}).get("models") or ()),
    )


def is_loading(health: Mapping[str, Any] | None) -> bool:
    """Whether an engine is still on its way."""
    engines = (health or {}).get("engines") or {}
    return any(engine.get("state") == "loading" for engine in engines.values())
