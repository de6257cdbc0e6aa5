"""What a training has left to listen to, and which of its epochs the voice speaks with."""

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

MOST_BYTES = 1 << 10


def trained_routes(studio: Studio, aside: Aside) -> APIRouter:
    """Beside the training family of the original service, which knows neither."""
    router = APIRouter(prefix="/api/v1/characters/{name}/training", tags=["training"])

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

    return router
