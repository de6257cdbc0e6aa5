"""Routes that speak texts in trained voices, in the background. Messages are the original's."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel

from voice.api.aside import Aside
from voice.api.body import json_body, read_body
from voice.api.errors import NOT_SNIFFED, ApiError
from voice.api.studio_errors import told
from voice.studio.inference import Inference
from voice.studio.inference_info import InferenceRequest

MOST_BYTES = 256 << 10


class InferenceBody(BaseModel):
    """Languages are words such as 中文 or GPT-SoVITS's codes; without one it is the character's own."""

    character_name: str | None = None
    target_text: str
    ref_audio: str | None = None
    ref_text: str | None = None
    ref_language: str | None = None
    target_language: str | None = None
    output_name: str | None = None


def inference_routes(inference: Inference, aside: Aside, wake: Callable[[], None]) -> APIRouter:
    """The inference family. wake: tells the worker that there is work."""
    router = APIRouter(prefix="/api/v1/inference", tags=["inference"])

    @router.post("", openapi_extra=json_body(InferenceBody))
    async def start(request: Request) -> dict[str, Any]:
        """Speak a text in a character's trained voice, in the background."""
        body = await read_body(request, InferenceBody, MOST_BYTES)
        with told(missing=400):
            info = await aside(lambda: inference.start(InferenceRequest(**body.model_dump())))
        wake()
        return asdict(info)

    @router.get("")
    async def every() -> list[dict[str, Any]]:
        """In the order of their making; the newest 200 are kept."""
        return [asdict(info) for info in await aside(inference.all)]

    @router.get("/{identity}")
    async def one(identity: str) -> dict[str, Any]:
        with told():
            return asdict(await aside(lambda: inference.info(identity)))

    @router.get("/{identity}/download", response_class=FileResponse)
    async def download(identity: str) -> Response:
        """The sound, as a WAV file."""
        with told():
            info, file, name = await aside(lambda: inference.result(identity))
        if info.status != "completed":
            raise ApiError(400, "推理尚未完成")
        if file is None:
            raise ApiError(404, "推理结果文件不存在")
        return FileResponse(file, media_type="audio/wav", filename=name, headers=NOT_SNIFFED)

    return router
