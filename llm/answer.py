"""How an OpenAI-compatible server's answer reads, byte by byte, with the liberties such servers take."""

import json
import logging
from collections.abc import Iterator
from typing import Any

from llm.replier import LLMError

log = logging.getLogger("yinliu.llm")

_MOST_BYTES = 16 * 1024 * 1024
_OTHER_FIELDS = (b":", b"event:", b"id:", b"retry:")
_BROKE_OFF = "The model server broke off in the middle of its reply."
_NO_WORD = "The model server ended its answer without a word."


class AnswerReader:
    """Turns received bytes into text, whatever packets they came in.

    `is_finished` becomes true with a finish_reason (usage may still follow), `is_done` with `[DONE]`.
    """

    def __init__(self) -> None:
        self.is_finished = False
        self.is_done = False
        self._line = bytearray()
        self._stray: list[bytes] = []
        self._stray_bytes = 0
        self._understood = 0
        self._half = ""

    def feed(self, data: bytes) -> Iterator[str]:
        """Yield the text in these bytes; an empty string means that the model thinks: alive, nothing to say yet."""
        if self.is_done:
            return
        *ended, rest = data.split(b"\n")
        for part in ended:
            line = bytes(self._line + part)
            self._line.clear()
            yield from self._read_line(line)
            if self.is_done:
                return
        self._line += rest
        if len(self._line) + self._stray_bytes > _MOST_BYTES:
            raise LLMError("llm_stream_error", _not_an_answer(b"".join(self._stray)))

    def finish(self) -> Iterator[str]:
        """Yield what the end of the bytes completes; raise LLMError when the answer was none or not whole."""
        if not self.is_done:
            yield from self._read_line(bytes(self._line))
        if not self._understood and self._stray:
            yield from self._read_plain(b"\n".join(self._stray))
        elif self._stray:
            self._forget_stray()
        if self._half:
            self._half = ""
            yield "\ufffd"
        if not (self.is_finished or self.is_done):
            raise LLMError("llm_stream_error", _BROKE_OFF if self._understood else _NO_WORD)

    def _read_line(self, line: bytes) -> Iterator[str]:
        line = line.strip(b"\r\xef\xbb\xbf")
        if not line.strip() or line.startswith(_OTHER_FIELDS):
            return
        value = line[5:].strip() if line.startswith(b"data:") else None
        if value == b"[DONE]":
            self.is_done = True
        elif value is None or not isinstance(chunk := _parsed(value), dict):
            self._stray.append(line)
            self._stray_bytes += len(line)
        elif value:
            self._understood += 1
            self._forget_stray()
            yield from self._read_chunk(chunk)

    def _read_chunk(self, chunk: dict[str, Any]) -> Iterator[str]:
        _raise_error_in(chunk)
        choice = _first_choice(chunk)
        delta = choice.get("delta") or choice.get("message")
        delta = delta if isinstance(delta, dict) else {}
        text = self._whole(_text_of(delta.get("content")))
        if text:
            yield text
        elif any(value for key, value in delta.items() if key != "role"):
            yield ""
        if choice.get("finish_reason"):
            self.is_finished = True

    def _read_plain(self, body: bytes) -> Iterator[str]:
        """Read an answer that is no stream: some servers ignore `stream: true`."""
        answer = _parsed(body)
        if isinstance(answer, dict):
            _raise_error_in(answer)
        if not isinstance(answer, dict) or not _first_choice(answer):
            raise LLMError("llm_stream_error", _not_an_answer(body))
        self._stray.clear()
        yield from self._read_chunk(answer)
        self.is_finished = True

    def _forget_stray(self) -> None:
        if self._stray:
            log.warning(
                "Skipped %d unreadable lines in the model server's stream.",
                len(self._stray),
            )
            self._stray.clear()
            self._stray_bytes = 0

    def _whole(self, text: str) -> str:
        """Join surrogate halves that came in two deltas; what stays alone could not be encoded again."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return without_surrogates(text)


def without_surrogates(text: str) -> str:
    """Return the text with surrogate pairs joined and lone ones replaced, so that it can be encoded."""
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def message_in(answer: object) -> str:
    """Return the sentence of an error answer in any of the usual shapes, or nothing."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, list):
        return message_in(answer[0]) if answer else ""
    if isinstance(answer, dict):
        return next(
            (found for key in ("error", "message", "detail", "msg") if (found := message_in(answer.get(key)))),
            "",
        )
    return ""


def _parsed(value: bytes) -> object:
    try:
        return json.loads(value.decode("utf-8", "replace"), strict=False) if value else {}
    except (ValueError, RecursionError):
        return None


def _first_choice(chunk: dict[str, Any]) -> dict[str, Any]:
    choices = chunk.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and not choice.get("index"):
            return choice
    return {}


def _text_of(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else ()
    return "".join(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _raise_error_in(chunk: dict[str, Any]) -> None:
    is_error = (
        chunk.get("error") or chunk.get("object") == "error" or _first_choice(chunk).get("finish_reason") == "error"
    )
    if is_error:
        raise LLMError(
            "llm_stream_error",
            "The model server reported: " + (message_in(chunk) or "an error without a text"),
        )


def _not_an_answer(body: bytes) -> str:
    if body.lstrip()[:1] == b"<":
        return "The model server answered with a web page instead of a chat answer; check LLM.api in config.yaml."
    return "The model server sent nothing that reads as a chat answer; check LLM.api in config.yaml."
