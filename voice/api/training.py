"""Routes that train a character's voice, in the background. Messages are the original's."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from voice.api.aside import Aside
from voice.api.body import json_body, read_body
from voice.api.character_bodies import ChosenEpochs
from voice.api.errors import ApiError
from voice.api.studio_errors import told
from voice.studio.chosen_epochs import choose_epochs, epochs_shown
from voice.studio.samples_shown import samples_shown
from voice.studio.studio import Studio
from voice.studio.training_info import TrainingInfo

MOST_BYTES = 1 << 10
CLEANED = {"message": "训练产物清理成功", "success": True}


def training_routes(studio: Studio, aside: Aside, wake: Callable[[], None]) -> APIRouter:
    """The training family. wake: tells the workers that there is work."""
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

    @router.get("/samples")
    async def samples(name: str) -> list[dict[str, Any]]:
        """A sentence spoken with each of the weights that the newest training has exported so far."""
        with told():
            return await aside(lambda: samples_shown(studio.characters.folder(name)))

    @router.get("/weights")
    async def weights(name: str) -> dict[str, Any]:
        """The epochs whose weights the character has, and the one of each half that it speaks with."""
        with told():
            return await aside(lambda: epochs_shown(studio.characters.folder(name)))

    @router.put("/weights", openapi_extra=json_body(ChosenEpochs))
    async def choose(name: str, request: Request) -> dict[str, Any]:
        """Speak with the weights of other epochs, until another training; answers like GET."""
        wanted = (await read_body(request, ChosenEpochs, MOST_BYTES)).model_dump(exclude_none=True)
        if not wanted:
            raise ApiError(422, "请指定 sovits 或 gpt 的轮次。", english="Name an epoch of sovits, of gpt, or of both.")

        def work() -> dict[str, Any]:
            with studio.at_rest(name) as folder:
                choose_epochs(folder, wanted)
                return epochs_shown(folder)

        with told():
            return await aside(work)

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
