"""What stands around a match, up to the next mark of punctuation. Pure."""

import re
from collections.abc import Callable

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
"""What to look for, and what is said instead."""

MARK = re.compile(r"[，。！？；、…,!?;\n]")
REACH = 12


def before(match: re.Match[str]) -> str:
    """The few characters of the same clause to the left."""
    return MARK.split(match.string[max(0, match.start() - REACH) : match.start()])[-1]


def after(match: re.Match[str]) -> str:
    """The few characters of the same clause to the right."""
    return MARK.split(match.string[match.end() : match.end() + REACH])[0]


def rules(*pairs: tuple[str, str | Callable[[re.Match[str]], str]]) -> tuple[Rule, ...]:
    return tuple((re.compile(pattern), words) for pattern, words in pairs)
