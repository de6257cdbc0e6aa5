"""Routes about a character's recordings: uploaded, listed, deleted. Messages are the original's."""

from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect

from voice.api.aside import Aside
from voice.api.draining import drain
from voice.api.errors import ApiError
from voice.api.form_files import FormFiles
from voice.api.studio_errors import told
from voice.studio.acceptance import UploadLimits
from voice.studio.folders import CharacterFolder
from voice.studio.recordings import Recording, delete_recording, list_recordings, receive
from voice.studio.studio import Studio

SLACK = 1 << 20
"""What a form needs beside the files in it."""
MISSING_PART = [{"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}]


def recording_routes(studio: Studio, aside: Aside, limits: UploadLimits) -> APIRouter:
    """The recordings family. limits: of one form, and of each recording in it."""
    router = APIRouter(prefix="/api/v1/characters/{name}/audio", tags=["recordings"])

    @router.post("/upload")
    async def upload(name: str, request: Request) -> dict[str, Any]:
        """Keep a recording, sent as the part `file` of a form; several parts are kept one by one."""
        body = _bounded(request, limits.most_bytes + SLACK)
        try:
            with told(unknown="角色不存在"):
                folder = await aside(lambda: studio.characters.folder(name))
                kept = await _keep_all(request, body, folder)
        except ApiError:
            await drain(request)
            raise
        except ClientDisconnect:
            raise ApiError(400, "The connection closed before the upload was complete.") from None
        answer = {"message": "音频上传成功", "filename": kept[0].filename, "path": str(kept[0].path)}
        return answer | ({"files": [_shown(recording) for recording in kept]} if len(kept) > 1 else {})

    async def _keep_all(
        request: Request, body: AsyncGenerator[bytes, None], folder: CharacterFolder
    ) -> list[Recording]:
        content_type = request.headers.get("content-type", "")
        if not content_type.startswith("multipart/form-data"):
            raise ApiError(422, MISSING_PART)
        files = FormFiles(content_type, body)
        kept = [
            await receive(folder, part.filename, files.content(), limits, studio.put_recording)
            async for part in files.parts()
            if part.field == "file"
        ]
        if not kept:
            raise ApiError(422, MISSING_PART)
        return kept

    @router.get("/files")
    async def files(name: str) -> list[dict[str, Any]]:
        with told():
            folder = await aside(lambda: studio.characters.folder(name))
            return [_shown(recording) for recording in await aside(lambda: list_recordings(folder))]

    @router.delete("/files/{filename}")
    async def delete(name: str, filename: str) -> dict[str, Any]:
        with told():
            folder = await aside(lambda: studio.characters.folder(name))
            await aside(lambda: delete_recording(folder, filename))
        return {"message": "音频文件删除成功", "filename": filename, "success": True}

    return router


async def _bounded(request: Request, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > limit_bytes:
            mb = limit_bytes >> 20
            english = f"The upload is larger than the {mb} MB allowed here."
            raise ApiError(413, f"上传的文件超过了上限 {mb} MB。", english=english, code="too_large")
        yield chunk


def _shown(recording: Recording) -> dict[str, Any]:
    return {
        "filename": recording.filename,
        "file_path": str(recording.path),
        "file_size": recording.size,
        "created_at": recording.created_at,
        "modified_at": recording.modified_at,
        "duration": recording.duration_s,
    }
