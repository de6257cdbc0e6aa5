"""What a studio page needs besides the work itself: the rules for uploads, and the sound of a recording."""

import mimetypes
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from voice.api.aside import Aside
from voice.api.errors import NOT_SNIFFED
from voice.api.studio_errors import told
from voice.studio.names import AUDIO_EXTENSIONS
from voice.studio.recordings import NoSuchRecording, find_recording
from voice.studio.studio import Studio

SOUND = "application/octet-stream"
"""For endings that this machine does not know; browsers look into the sound itself."""


def rules_routes(upload_limit_bytes: int | None) -> APIRouter:
    """There also where the studio is switched off, so that a page can say so; upload_limit_bytes: None then."""
    router = APIRouter(prefix="/api", tags=["studio"])

    @router.get("/studio")
    async def rules() -> dict[str, Any]:
        """Whether voices can be made here, and what may be uploaded for them."""
        return {
            "enabled": upload_limit_bytes is not None,
            "upload_bytes": upload_limit_bytes or 0,
            "extensions": AUDIO_EXTENSIONS,
        }

    return router


def listening_routes(studio: Studio, aside: Aside) -> APIRouter:
    """The sound of recordings, whole or in the ranges that a player asks for."""
    router = APIRouter(prefix="/api/v1/characters/{name}/audio", tags=["recordings"])

    @router.get("/files/{filename}", response_class=FileResponse)
    async def recording(name: str, filename: str) -> FileResponse:
        """One recording as it was uploaded."""

        def find() -> Path:
            folder = studio.characters.folder(name)
            file = find_recording(folder, filename)
            if not folder.holds(file):
                raise NoSuchRecording(filename)
            return file

        with told():
            file = await aside(find)
        kind = mimetypes.guess_type(file.name)[0] or SOUND
        # What somebody has named a recording must not become a page of this address.
        media_type = kind if kind.startswith(("audio/", "video/")) else SOUND
        return FileResponse(file, media_type=media_type, headers=NOT_SNIFFED)

    return router
