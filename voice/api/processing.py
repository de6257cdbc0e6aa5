"""Routes that make clips of a character's recordings, in the background. Messages are the original's."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from voice.api.aside import Aside
from voice.api.errors import ApiError
from voice.api.studio_errors import told
from voice.studio.processing import Processing, ProcessingInfo


def processing_routes(processing: Processing, aside: Aside, wake: Callable[[], None]) -> APIRouter:
    """The processing family. wake: tells the workers that there is work."""
    router = APIRouter(prefix="/api/v1/characters/{name}/audio", tags=["processing"])

    @router.post("/process")
    async def process(name: str) -> dict[str, Any]:
        """Make clips of the recordings, in the background."""
        with told(missing=400):
            info = await aside(lambda: processing.start(name))
        wake()
        return asdict(info)

    @router.get("/status")
    async def status(name: str) -> dict[str, Any]:
        with told():
            return _known(await aside(lambda: processing.info(name)))

    @router.post("/cancel")
    async def cancel(name: str) -> dict[str, Any]:
        with told():
            return _known(await aside(lambda: processing.cancel(name)))

    @router.get("/check_status")
    async def check_status(name: str) -> dict[str, Any]:
        """What the files say, whatever the jobs do."""
        with told():
            found = await aside(lambda: processing.status_by_files(name))
        return {"character_name": name, "status": found, "message": "基于文件系统的状态检查"}

    return router


def _known(info: ProcessingInfo | None) -> dict[str, Any]:
    if info is None:
        raise ApiError(404, "音频处理记录不存在")
    return asdict(info)
