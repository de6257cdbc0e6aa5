"""Says things in the user's language, English or Chinese."""

import locale
import os
import sys
from collections.abc import Mapping


def words(en: str, zh: str) -> str:
    """The one of the two that the user reads."""
    return zh if is_chinese() else en


def say(en: str, zh: str) -> None:
    """Print a line of progress; on stderr, so that a program can read what a verb prints."""
    print(words(en, zh), file=sys.stderr, flush=True)


def is_chinese(environment: Mapping[str, str] = os.environ) -> bool:
    for name in ("YINLIU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return environment[name].lower().startswith("zh")
    return sys.platform == "win32" and (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def accept_any_terminal() -> None:
    """A terminal that lacks a character shows `?` for it instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


class Refusal(Exception):
    """Nothing more can be done; the message tells the user why, and what to do, in their language."""

    def __init__(self, en: str, zh: str, status: int = 1):
        super().__init__(words(en, zh))
        self.status = status
