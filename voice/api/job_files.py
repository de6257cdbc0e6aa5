"""Routes for workers on other machines that fetch a job's files and bring back what it has made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from voice.api.aside import Aside
from voice.api.body import json_body, read_body
from voice.api.errors import NOT_SNIFFED, ApiError
from voice.broker.job_files import FilesRefusedHere, JobFiles
from voice.broker.trees import OutsideOfJob
from voice.jobs.job import ClaimLost

MOST_LIST_BYTES = 32 << 20
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class MadeFile(BaseModel):
    """A file that has been sent before. modified_ns: since 1970."""

    sha256: Digest
    modified_ns: Annotated[int, Field(ge=0, lt=1 << 63)]


class Commit(BaseModel):
    """What a job has made, by paths below the work folder, and what it has deleted."""

    fence: int
    files: dict[str, MadeFile]
    deleted: list[str] = []


def job_files_routes(files: JobFiles, aside: Aside) -> APIRouter:
    """The files of a job; each call names the fence under which the caller holds the job."""
    router = APIRouter(prefix="/api/v1/jobs/{identity}/files", tags=["jobs"])

    @router.get("")
    async def manifest(identity: str, fence: int) -> dict[str, Any]:
        """Every file that the job needs, with size, time and SHA-256."""
        with _told():
            found = await aside(lambda: files.manifest(identity, fence))
        return {"files": [asdict(facts) for facts in found]}

    @router.get("/{path:path}", response_class=FileResponse)
    async def read(identity: str, path: str, fence: int) -> FileResponse:
        """One file; Range goes on where a transfer broke off."""
        with _told():
            file = await aside(lambda: files.readable(identity, fence, path))
        return FileResponse(file, media_type="application/octet-stream", headers=NOT_SNIFFED)

    @router.put("/{path:path}", status_code=204)
    async def write(
        identity: str, path: str, fence: int, request: Request, sha256: Annotated[str, Query(pattern="^[0-9a-f]{64}$")]
    ) -> None:
        """Keep a file aside until the job's files are put in their places together."""
        announced = request.headers.get("content-length", "")
        if not announced.isdigit() or len(announced) > 15:
            raise ApiError(411, "A Content-Length is needed.")
        size = int(announced)
        with _told():
            await aside(lambda: files.require_room(identity, fence, path, size))
            unfinished = await aside(lambda: files.unfinished(identity, fence, sha256))
            try:
                await _receive(request, unfinished, size)
                await aside(lambda: files.keep(unfinished, sha256))
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise

    @router.post("", status_code=204, openapi_extra=json_body(Commit))
    async def commit(identity: str, request: Request) -> None:
        """Put in place what was sent, and delete what the job has deleted: all of it, or nothing."""
        made = await read_body(request, Commit, MOST_LIST_BYTES)
        placed = {path: (file.sha256, file.modified_ns) for path, file in made.files.items()}
        with _told():
            await aside(lambda: files.commit(identity, made.fence, placed, made.deleted))

    return router


async def _receive(request: Request, file: Path, size: int) -> None:
    received = 0
    try:
        async with await anyio.open_file(file, "wb") as out:
            async for chunk in request.stream():
                received += len(chunk)
                if received > size:
                    break
                await out.write(chunk)
    except ClientDisconnect:
        raise ApiError(400, "The connection closed before the file was complete.") from None
    if received != size:
        raise ApiError(400, f"The file has {received} bytes instead of {size}.")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ClaimLost as error:
        raise ApiError(409, "任务已不属于此工作机。", english=str(error), code="claim_lost") from None
    except OutsideOfJob as error:
        raise ApiError(403, f"路径不允许: {error}", english=str(error), code="outside") from None
    except FileNotFoundError as error:
        raise ApiError(404, f"文件不存在: {error}", english=f"There is no file {error}.") from None
    except FilesRefusedHere as error:
        raise ApiError(error.status, error.chinese, english=str(error)) from None
