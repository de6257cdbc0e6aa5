"""Routes of the task API: a request is checked, handed in, and answered for at once. Messages are the original's."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request

from voice.api.body import json_body, read_body
from voice.api.errors import ApiError
from voice.tasks.intake import NotPublished, QueueFull
from voice.tasks.office import Office
from voice.tasks.types import TYPES, TaskType

LIMIT_BYTES = 256 * 1024
RETRY_AFTER_S = 30
STARTED = {"status": "success", "message": "start"}
STARTED_ALL = {"status": "success", "message": "开始一键训练"}


def task_routes(office: Office) -> APIRouter:
    """The tasks family."""
    router = APIRouter(prefix="/gpt_sovits", tags=["tasks"])
    for task in TYPES.values():
        router.add_api_route(
            f"/{task.route}",
            _taking(office, task),
            methods=["POST"],
            name=task.route,
            description=f"Hand in a task of the type {task.exchange}.",
            openapi_extra=json_body(task.request),
        )
    return router


def _taking(office: Office, task: TaskType) -> Callable[[Request], Awaitable[dict[str, Any]]]:
    async def take(request: Request) -> dict[str, Any]:
        wanted = await read_body(request, task.request, LIMIT_BYTES)
        try:
            await office.accept(task, wanted)
        except QueueFull as error:
            raise ApiError(429, str(error), code="busy", retry_after_s=RETRY_AFTER_S) from None
        except NotPublished as error:
            raise ApiError(500, f"Error: {error}") from None
        return STARTED_ALL if task.is_chain else STARTED

    return take
