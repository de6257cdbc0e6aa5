"""The frames of /api/chat, from the bytes of a stream. Pure."""

import base64
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

PREFIX = "data:"
LONGEST_LINE = 32 * 2**20
"""Bytes; minutes of speech in one frame."""


@dataclass(frozen=True)
class Frame:
    """One frame of /api/chat."""

    text: str
    audio: bytes | None
    """A complete file in the requested encoding, WAV unless another was asked for."""
    is_last: bool
    timing_ms: dict[str, float] = field(default_factory=dict)
    hint: str = ""
    error: str = ""


def read_frames(lines: Iterable[str]) -> Iterator[Frame]:
    """Frames from the lines of a stream; everything that is no data line is skipped, as the SSE format asks.

    Raises ValueError for a frame that is none.
    """
    for line in lines:
        if not line.startswith(PREFIX):
            continue
        frame = _frame(_object(line[len(PREFIX) :]))
        yield frame
        if frame.is_last:
            return


def lines_of(parts: Iterable[bytes]) -> Iterator[str]:
    """Lines as the SSE format has them; other characters that end lines elsewhere may stand inside the text.

    Raises ValueError for a line that would fill the memory.
    """
    kept: list[bytes] = []
    size = 0
    for part in parts:
        first, *others = part.split(b"\n")
        kept.append(first)
        size += len(first)
        for other in others:
            yield b"".join(kept).decode("utf-8", "replace").rstrip("\r")
            kept, size = [other], len(other)
        if size > LONGEST_LINE:
            raise ValueError(f"a line of more than {LONGEST_LINE >> 20} MB")
    if kept:
        yield b"".join(kept).decode("utf-8", "replace")


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except RecursionError:
        raise ValueError("a frame of too many levels") from None
    if not isinstance(fields, dict):
        raise ValueError(f"a frame that is no object: {text[:40]!r}")
    return fields


def _frame(fields: dict[str, Any]) -> Frame:
    file = _text(fields, "file")
    # No audio is shorter than this; the contract writes the word None where there is none.
    audio = _from_base64(file) if len(file) > 20 else None
    return Frame(
        text=_text(fields, "message"),
        audio=audio,
        is_last=bool(fields.get("done")),
        timing_ms=_numbers(fields.get("timing")),
        hint=_text(fields, "hint"),
        error=_error(fields.get("error") or {}),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    text = fields.get(name) or ""
    if not isinstance(text, str):
        raise ValueError(f"a frame whose {name} is no text: {str(text)[:40]}")
    # JSON can hold halves of a character, which no request could send back.
    return text.encode("utf-8", "replace").decode()


def _numbers(fields: Any) -> dict[str, float]:
    """Times are worth showing and nothing more: what is none is left out."""
    if not isinstance(fields, dict):
        return {}
    most = sys.maxsize
    is_number = {name: type(value) in (int, float) and -most < value < most for name, value in fields.items()}
    return {name: value for name, value in fields.items() if is_number[name]}


def _error(fields: Any) -> str:
    if not isinstance(fields, dict):
        raise ValueError(f"a frame whose error is no object: {str(fields)[:40]}")
    return _text(fields, "message") or _text(fields, "type")


def _from_base64(text: str) -> bytes:
    """Either alphabet, with padding or without: servers of other makers differ."""
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
