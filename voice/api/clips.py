"""Routes about a character's clips: what became of each, and how it sounds."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from voice.api.aside import Aside
from voice.api.errors import NOT_SNIFFED, ApiError
from voice.api.studio_errors import told
from voice.studio.clip_files import clip_report, find_clip
from voice.studio.studio import Studio


def clip_routes(studio: Studio, aside: Aside) -> APIRouter:
    """The clips family."""
    router = APIRouter(prefix="/api/v1/characters/{name}/clips", tags=["clips"])
    folder_of = studio.characters.folder

    @router.get("")
    async def clips(name: str) -> dict[str, Any]:
        """Each clip, kept or dropped and why; usable minutes; how long a training would take."""
        with told():
            return await aside(lambda: clip_report(folder_of(name), studio.characters.get(name)))

    @router.get("/{clip}", response_class=FileResponse)
    async def clip(name: str, clip: str) -> FileResponse:
        """The sound of one clip."""
        with told():
            file = await aside(lambda: find_clip(folder_of(name), clip))
        if file is None:
            raise ApiError(404, f"片段不存在: {clip}")
        return FileResponse(file, media_type="audio/wav", headers=NOT_SNIFFED)

    return router
