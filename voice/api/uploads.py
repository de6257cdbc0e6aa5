"""Uploads that can be gone on with after any interruption: tus 1.0.0 (core, creation, termination, expiration)."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import quote

import anyio
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from voice.api import tus_headers as tus
from voice.api.aside import Aside
from voice.api.draining import drain
from voice.api.errors import ApiError
from voice.api.studio_errors import told
from voice.studio.upload_files import BeingWritten, NoSuchUpload, Upload, UploadExpired, WrongOffset
from voice.studio.uploads import Uploads

SPOKEN = {"Tus-Resumable": tus.VERSION}
QUIET_S = 20.0
"""A sender that says nothing for so long has left, and must not keep others from going on."""
RETRY_S = 5


def upload_routes(uploads: Uploads, aside: Aside) -> APIRouter:
    """The family of resumable uploads."""
    router = APIRouter(prefix="/api/v1/characters/{name}/audio/uploads", tags=["recordings"])

    @router.options("")
    async def abilities() -> Response:
        """What this server knows of tus."""
        more = {"Tus-Version": tus.VERSION, "Tus-Extension": tus.EXTENSIONS}
        return Response(status_code=204, headers={**SPOKEN, **more, "Tus-Max-Size": str(uploads.limits.most_bytes)})

    @router.get("")
    async def all_of(name: str) -> list[dict[str, Any]]:
        """Uploads under way, and those completed lately: where a sender that has forgotten everything goes on."""
        with told():
            return [_shown(upload) for upload in await aside(lambda: uploads.all(name))]

    @router.post("")
    async def create(name: str, request: Request) -> Response:
        """Begin one; a body of tus' content type is its first part."""
        async with _tus_told(request):
            length = tus.number_in(request.headers, "Upload-Length")
            metadata = tus.metadata_in(request.headers.get("Upload-Metadata", ""))
            upload = await aside(lambda: uploads.create(name, length, metadata))
            if request.headers.get("Content-Type") == tus.CONTENT_TYPE:
                upload = await uploads.append(name, upload.id, 0, _sent(request))
        place = f"{request.scope.get('root_path', '')}/api/v1/characters/{quote(name)}/audio/uploads/{upload.id}"
        return _answer(201, upload, Location=place)

    async def head(name: str, identity: str) -> Response:
        upload = await aside(lambda: uploads.find(name, identity))
        metadata = tus.metadata_header(upload.metadata)
        more = {"Upload-Length": str(upload.length), "Upload-Metadata": metadata, "Cache-Control": "no-store"}
        return _answer(200, upload, **more)

    async def patch(name: str, identity: str, request: Request) -> Response:
        if request.headers.get("Content-Type") != tus.CONTENT_TYPE:
            raise ApiError(415, f"The body's content type is to be {tus.CONTENT_TYPE}.")
        offset = tus.number_in(request.headers, "Upload-Offset")
        return _answer(204, await uploads.append(name, identity, offset, _sent(request)))

    async def delete(name: str, identity: str) -> Response:
        await aside(lambda: uploads.end(name, identity))
        return Response(status_code=204, headers=SPOKEN)

    @router.api_route("/{identity}", methods=["HEAD", "PATCH", "DELETE", "POST"])
    async def one(name: str, identity: str, request: Request) -> Response:
        """HEAD tells the offset, PATCH adds to it, DELETE ends it; POST with X-HTTP-Method-Override is one of these."""
        async with _tus_told(request):
            match request.headers.get("X-HTTP-Method-Override", request.method).upper():
                case "HEAD":
                    return await head(name, identity)
                case "PATCH":
                    return await patch(name, identity, request)
                case "DELETE":
                    return await delete(name, identity)
            raise ApiError(405, "HEAD, PATCH or DELETE.")

    return router


def _answer(status: int, upload: Upload, **more: str) -> Response:
    """Recording-Name is ours: tus has no word for the name that the file has been given."""
    told_of = {"Upload-Offset": str(upload.offset), "Upload-Expires": tus.expires_header(upload.expires_s)}
    finished = {"Recording-Name": quote(upload.filename)} if upload.is_complete else {}
    return Response(status_code=status, headers={**SPOKEN, **told_of, **finished, **more})


def _shown(upload: Upload) -> dict[str, Any]:
    return {
        "id": upload.id,
        "filename": upload.filename,
        "length": upload.length,
        "offset": upload.offset,
        "is_complete": upload.is_complete,
        "metadata": dict(upload.metadata),
        "expires": tus.expires_header(upload.expires_s),
    }


async def _sent(request: Request) -> AsyncIterator[bytes]:
    """The body until it ends or its sender leaves: what has come is as good in either case."""
    stream = request.stream()
    while True:
        try:
            with anyio.fail_after(QUIET_S):
                chunk = await anext(stream)
        except (StopAsyncIteration, ClientDisconnect):
            return
        except TimeoutError:
            raise ApiError(408, f"Nothing has come for {QUIET_S:g} s; go on at the offset.") from None
        if chunk:
            yield chunk


@asynccontextmanager
async def _tus_told(request: Request) -> AsyncIterator[None]:
    """Errors in the words and with the headers of tus."""
    try:
        with _refusals(request):
            yield
    except ApiError as error:
        await drain(request)
        error.headers |= SPOKEN
        raise


@contextmanager
def _refusals(request: Request) -> Iterator[None]:
    try:
        if request.headers.get("Tus-Resumable") != tus.VERSION:
            raise _refusal(412, f"Tus-Resumable is to be {tus.VERSION}.", **{"Tus-Version": tus.VERSION})
        with told():
            yield
    except tus.BadHeader as error:
        raise _refusal(400, str(error)) from None
    except UploadExpired:
        raise _refusal(410, "上传已过期，请重新开始。", "This upload has expired: begin again.") from None
    except NoSuchUpload:
        raise _refusal(404, "没有这个上传。", "There is no such upload, or no longer.") from None
    except WrongOffset as error:
        raise _refusal(
            409, f"应从 {error.offset} 处继续。", str(error), **{"Upload-Offset": str(error.offset)}
        ) from None
    except BeingWritten:
        english = "Somebody else is sending to this upload at the moment."
        raise _refusal(423, "该上传正由另一个连接发送。", english, **{"Retry-After": str(RETRY_S)}) from None


def _refusal(status: int, detail: str, english: str = "", **headers: str) -> ApiError:
    error = ApiError(status, detail, english=english)
    error.headers |= headers
    return error
