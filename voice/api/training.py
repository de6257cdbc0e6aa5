"""Routes that train a character's voice, in the background. Messages are the original's."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from voice.api.aside import Aside
from voice.api.errors import ApiError
from voice.api.studio_errors import told
from voice.studio.studio import Studio
from voice.studio.training_info import TrainingInfo

CLEANED = {"message": "训练产物清理成功", "success": True}


def training_routes(studio: Studio, aside: Aside, wake: Callable[[], None]) -> APIRouter:
    """The training family of the original service. wake: tells the workers that there is work."""
    router = APIRouter(prefix="/api/v1/characters/{name}/training", tags=["training"])
    training = studio.training

    @router.post("/start")
    async def start(name: str) -> dict[str, Any]:
        """Train a voice on the clips, in the background; what an unfinished training has done is not done again."""
        with told(missing=400):
            info = await aside(lambda: training.start(name))
        wake()
        return asdict(info)

    @router.get("/status")
    async def status(name: str) -> dict[str, Any]:
        with told():
            return _known(await aside(lambda: training.info(name)))

    @router.post("/cancel")
    async def cancel(name: str) -> dict[str, Any]:
        """Ask for its end; what it has done is kept for the next start."""
        with told():
            return _known(await aside(lambda: training.cancel(name)))

    @router.get("/check_status")
    async def check_status(name: str) -> dict[str, Any]:
        """What the files say, whatever the jobs do."""
        with told():
            found = await aside(lambda: training.status_by_files(name))
        return {"character_name": name, "status": found, "message": "基于文件系统的状态检查"}

    @router.post("/clean")
    async def clean(name: str) -> dict[str, Any]:
        """Take away weights, features and what a training could go on from."""
        try:
            with told():
                await aside(lambda: studio.clean_training(name))
        except OSError as error:
            why = error.strerror or type(error).__name__
            english = f"Something could not be deleted: {why}."
            raise ApiError(500, f"清理过程中发生错误: {why}", english=english) from None
        return CLEANED

    return router


def _known(info: TrainingInfo | None) -> dict[str, Any]:
    if info is None:
        raise ApiError(404, "训练记录不存在")
    return asdict(info)
