"""The route that hands out what was made for a character: weights, configurations, samples, results."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from voice.api.aside import Aside
from voice.api.errors import NOT_SNIFFED, ApiError
from voice.api.studio_errors import told
from voice.studio.studio import Studio


def download_routes(studio: Studio, aside: Aside) -> APIRouter:
    """The download of a character's files, each by its plain name."""
    router = APIRouter(prefix="/api/v1/characters/{name}/download", tags=["characters"])

    @router.get("/{filename}", response_class=FileResponse)
    async def download(name: str, filename: str) -> FileResponse:
        """A file of the character's: its weights, its experiment, its configuration."""
        with told(unknown="角色不存在"):
            file = await aside(lambda: studio.find_file(name, filename))
        if file is None:
            raise ApiError(404, "文件不存在")
        return FileResponse(file, filename=file.name, headers=NOT_SNIFFED)

    return router
