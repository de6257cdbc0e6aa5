"""Reads a JSON body: bounded before it is parsed, checked by a model, and never trusted to be well-formed."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from voice.api.errors import ApiError

DRAIN_BYTES = 64 * 1024 * 1024
"""How much of a body that is too large is still read, because most clients cannot hear an answer before they end."""
ECHO_LIMIT = 200
"""Characters of a wrong value that an answer repeats."""

GONE_CHECK_S = 0.5

Model = TypeVar("Model", bound=BaseModel)
Result = TypeVar("Result")


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """What the interactive documentation is told about a route that reads its body with `read_body`."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


async def read_body(request: Request, model: type[Model], limit_bytes: int) -> Model:
    """The request's body as a model, whatever its content type says.

    Raises ApiError: 413 too large, 400 not JSON, 422 with FastAPI's list of problems for wrong or missing fields.
    """
    raw = await read_bytes(request, limit_bytes)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        if problems[0]["type"] == "json_invalid":
            raise ApiError(400, f"The body is not JSON: {problems[0]['msg'].removeprefix('Invalid JSON: ')}.") from None
        raise ApiError(422, [_shown(problem) for problem in problems]) from None


async def unless_gone(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """The result of work, which is cancelled when its asker leaves meanwhile: nothing else would tell it."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=GONE_CHECK_S))[0]:
            if await request.is_disconnected():
                raise ApiError(400, "The connection closed before the answer.")
        return task.result()
    finally:
        task.cancel()


async def read_bytes(request: Request, limit_bytes: int) -> bytes:
    """The request's body as it came. Raises ApiError: 413 too large, 400 where the sender left."""
    announced = request.headers.get("content-length", "")
    drained_bytes = max(DRAIN_BYTES, limit_bytes)
    parts: list[bytes] = []
    received = 0
    try:
        if not (announced.isdigit() and int(announced) > drained_bytes):
            async for part in request.stream():
                received += len(part)
                if received > drained_bytes:
                    break
                if received <= limit_bytes:
                    parts.append(part)
            else:
                if received <= limit_bytes:
                    return b"".join(parts)
    except ClientDisconnect:
        raise ApiError(400, "The connection closed before the body was complete.") from None
    raise ApiError(413, f"The body is larger than the {limit_bytes // 1024} KB that this server accepts here.")


def _shown(problem: Any) -> dict[str, Any]:
    """One problem in FastAPI's form; an input that is long, or that JSON cannot express, is only hinted at."""
    wrong = problem["input"]
    try:
        is_plain = len(json.dumps(wrong, allow_nan=False, ensure_ascii=False).encode()) <= ECHO_LIMIT
    except ValueError:
        is_plain = False
    shown = wrong if is_plain else f"{wrong!r:.{ECHO_LIMIT}}…"
    return {"type": problem["type"], "loc": ["body", *problem["loc"]], "msg": problem["msg"], "input": shown}
