"""What is said over the broker: bodies, keys, and how a body is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard

from voice.jobs.news import ENDED, News
from voice.tasks.requests import MOST_KEY_BYTES
from voice.tasks.stages import ALL_CANCELLED, ALL_DONE, ALL_FAILED, STAGES
from voice.tasks.types import END, PROCESS, TaskType

EmptyToolKey = Literal["both", "end", "end<exchange>"]
ERROR = "error"
"""The original's word for a stage that broke."""


@dataclass(frozen=True)
class Message:
    """cc: keys for which the broker delivers it, too, but once to each queue."""

    key: str
    body: Mapping[str, Any]
    cc: tuple[str, ...] = field(default_factory=tuple)

    @property
    def headers(self) -> dict[str, Any]:
        return {"CC": list(self.cc)} if self.cc else {}


class NotAMessage(ValueError):
    """The bytes are no JSON object, neither plain nor in a JSON string."""


def encode(body: Mapping[str, Any], is_double: bool) -> bytes:
    """As JSON. is_double: as a JSON string that holds it, as the original does."""
    text = json.dumps(dict(body), ensure_ascii=False)
    # A worker elsewhere may have sent halves of characters, which must not hold up all that comes after them.
    return (json.dumps(text, ensure_ascii=False) if is_double else text).encode(errors="replace")


def decode(data: bytes) -> dict[str, Any]:
    """Take either form. Raises NotAMessage."""
    try:
        value = json.loads(data)
        if isinstance(value, str):
            value = json.loads(value)
    except (ValueError, RecursionError):
        raise NotAMessage("it is not JSON") from None
    if not isinstance(value, dict):
        raise NotAMessage("it is no JSON object")
    return value


def messages_of(
    task: TaskType, request: Mapping[str, Any], news: News, story: Mapping[str, News], keys: EmptyToolKey
) -> list[Message]:
    """What is to be said about a piece of news. story: all news of the job by name."""
    if task.is_chain:
        return _of_chain(str(request.get("session_id", "")), news, story)
    if news.name != ENDED:
        return []
    state, stage = news.data["state"], STAGES[task.stages[0]]
    told = story.get(f"{stage.model} {state}")
    if state == "completed":
        return [end_message(task, request, state, stage.ended(state), keys, dur=told.data["dur"] if told else 0)]
    text = stage.ended(state) if state == "cancelled" else told.data["text"] if told else ERROR
    return [end_message(task, request, "failed", text, keys)]


def end_message(
    task: TaskType, request: Mapping[str, Any], status: str, text: str, keys: EmptyToolKey, **more: Any
) -> Message:
    """The end of a task with one stage."""
    key, cc = end_key(task, str(request.get("tool") or ""), keys)
    body = {"type": "end_message", "model": task.stages[0], "status": status, "message": text}
    return Message(key, {**body, "session_id": str(request.get("session_id", "")), **more}, cc)


def end_key(task: TaskType, tool: str, keys: EmptyToolKey) -> tuple[str, tuple[str, ...]]:
    """The routing key of an end message, and further ones for its CC header."""
    if "tool" not in task.request.model_fields or tool:
        return f"{END}{tool}", ()
    own = f"{END}{task.exchange}"
    return {"both": (own, (END,)), "end": (END, ()), "end<exchange>": (own, ())}[keys]


def unusable(task: TaskType, given: Mapping[str, Any], keys: EmptyToolKey) -> list[Message]:
    """The answer to a start message that is no request, where it says at least whose it is."""
    session, tool = given.get("session_id"), given.get("tool")
    if not _is_text(session, 1024):
        return []
    request = {"session_id": session, "tool": tool if _is_text(tool, MOST_KEY_BYTES - len(END)) else ""}
    if task.is_chain:
        return [_fail(session), _end_of_chain(session, "failed", ALL_FAILED)]
    return [end_message(task, request, "failed", ERROR, keys)]


def _is_text(value: object, most_bytes: int) -> TypeGuard[str]:
    """Whether it can be written, which halves of characters cannot."""
    try:
        return isinstance(value, str) and len(value.encode()) <= most_bytes
    except UnicodeEncodeError:
        return False


def _of_chain(session: str, news: News, story: Mapping[str, News]) -> list[Message]:
    if news.name != ENDED:
        return [_step(session, news.data["stage"], news.data["status"], news.data)]
    state = news.data["state"]
    if state == "completed":
        return [_end_of_chain(session, state, ALL_DONE)]
    end = _end_of_chain(session, "failed", ALL_CANCELLED if state == "cancelled" else ALL_FAILED)
    if any(f"{model} failed" in story for model in STAGES):
        return [end]
    begun = [model for model in STAGES if f"{model} start" in story and f"{model} completed" not in story]
    # Its process has died, or was ended: nobody has said so yet. Without a stage to blame it is an error of its own.
    return [_step(session, begun[0], "failed", {}) if begun else _fail(session), end]


def _step(session: str, model: str, status: str, data: Mapping[str, Any]) -> Message:
    body = {"type": "step_message", "model": model, "status": status, "message": STAGES[model].said(status)}
    more = {"dur": data["dur"]} if "dur" in data else {}
    return Message(PROCESS, {**body, "session_id": session, **more})


def _fail(session: str) -> Message:
    return Message(PROCESS, {"type": "fail", "session_id": session, "status": "error"})


def _end_of_chain(session: str, status: str, text: str) -> Message:
    body = {"type": "end_message", "model": "end", "status": status, "message": text, "session_id": session}
    return Message(PROCESS, body)
