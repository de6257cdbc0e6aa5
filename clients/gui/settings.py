"""What a user has chosen in the window, kept in a JSON file that only they can read."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from clients.conversation import TalkOptions

USUAL_SERVER = "http://127.0.0.1:8001"
THEMES = ("system", "light", "dark")
CHOSEN_FROM: Mapping[str, tuple[str, ...]] = {
    "ui_language": ("", "en", "zh"),
    "theme": THEMES,
    "duplex": ("half", "full"),
}


@dataclass(frozen=True)
class Settings:
    """The window's settings; "" is the usual choice wherever a name is expected."""

    server: str = USUAL_SERVER
    token: str = ""
    ui_language: str = ""
    """en, zh, or "" for that of the system."""
    theme: str = "system"
    microphone: str = ""
    speaker: str = ""
    duplex: str = "half"
    """half: a computer's loudspeaker without echo cancellation would interrupt itself."""
    is_push_to_talk: bool = False
    character: str = ""
    voice: str = ""
    language: str = ""
    model: str = ""
    speed: float = 1.0
    system: str = ""
    """The system prompt; "" is the usual one, or the character's own."""


def settings_file(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Below the folder where this system keeps a user's configuration."""
    home = Path(environment.get("HOME") or Path.home())
    if platform == "win32":
        folder = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    return folder / "yinliu" / "gui.json"


def load(path: Path) -> Settings:
    """The settings of a file; whatever is missing or makes no sense is as usual."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Settings()
    return from_fields(kept) if isinstance(kept, dict) else Settings()


def from_fields(kept: Mapping[str, Any]) -> Settings:
    """Settings from a mapping that anybody may have edited."""
    usual = Settings()
    good = {
        field.name: kept[field.name]
        for field in fields(Settings)
        if field.name in kept and _makes_sense(field.name, kept[field.name], getattr(usual, field.name))
    }
    return replace(usual, **good)


def save(settings: Settings, path: Path) -> None:
    """Write the file anew, readable by its owner alone: the access token is in it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f"{path.name}.{os.getpid()}.new")
    # The mode is given when the file is made: changed afterwards, the token would lie open for a moment.
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(settings), file, ensure_ascii=False, indent=2)
    os.replace(written, path)


def _makes_sense(name: str, value: Any, usual: Any) -> bool:
    if name in CHOSEN_FROM:
        return value in CHOSEN_FROM[name]
    if name == "speed":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and 0.25 <= value <= 4
    return isinstance(value, type(usual))


def options_of(settings: Settings) -> TalkOptions:
    """What the settings mean for the conversation."""
    return TalkOptions(
        system=settings.system,
        character=settings.character or None,
        voice=settings.voice or None,
        language=settings.language or None,
        speed=settings.speed if settings.speed != 1 else None,
        llm={"model": settings.model} if settings.model else None,
        duplex="full" if settings.duplex == "full" else "half",
    )
