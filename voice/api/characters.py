"""Routes about characters: made, listed, renamed, deleted, and the default one. Messages are the original's."""

from typing import Any

from fastapi import APIRouter, Request

from voice.api.aside import Aside
from voice.api.body import json_body, read_body
from voice.api.character_bodies import ConfigChange, NewCharacter, NewName
from voice.api.errors import ApiError
from voice.api.studio_errors import told
from voice.studio.characters import CharacterConfig
from voice.studio.studio import Studio

MOST_BYTES = 64 << 10
DELETED = {"message": "角色删除成功", "success": True}
MADE_DEFAULT = {"message": "默认角色设置成功", "success": True}


def character_routes(studio: Studio, aside: Aside) -> APIRouter:
    """The characters family."""
    router = APIRouter(prefix="/api/v1", tags=["characters"])

    @router.post("/characters", openapi_extra=json_body(NewCharacter))
    async def create(request: Request) -> dict[str, Any]:
        """Make a character; the first one becomes the default."""
        body = await read_body(request, NewCharacter, MOST_BYTES)
        config = CharacterConfig(**{**body.config.model_dump(), "character_name": body.character_name})
        with told():
            return await aside(lambda: studio.shown(studio.characters.create(config)))

    @router.get("/characters")
    async def every() -> list[dict[str, Any]]:
        """All characters in the order of their making."""
        return await aside(studio.all_shown)

    @router.get("/characters/{name}")
    async def one(name: str) -> dict[str, Any]:
        with told():
            return await aside(lambda: studio.shown(studio.characters.get(name)))

    @router.put("/characters/{name}", openapi_extra=json_body(NewName))
    async def rename(name: str, request: Request) -> dict[str, Any]:
        """Another name; its recordings, clips and jobs go with it."""
        new_name = (await read_body(request, NewName, MOST_BYTES)).new_name
        with told(missing=400, exists="新角色名称已存在: {}"):
            return await aside(lambda: studio.shown(studio.rename(name, new_name)))

    @router.patch("/characters/{name}/config", openapi_extra=json_body(ConfigChange))
    async def configure(name: str, request: Request) -> dict[str, Any]:
        """Other settings for the work to come; nothing that was made is touched."""
        changes = (await read_body(request, ConfigChange, MOST_BYTES)).model_dump(exclude_unset=True)
        if changes.pop("character_name", name) != name:
            english = "This route does not rename: send PUT with a new_name."
            raise ApiError(422, "此接口不能改名，请用 PUT 和 new_name。", english=english)
        with told():
            return await aside(lambda: studio.shown(studio.configure(name, changes)))

    @router.delete("/characters/{name}")
    async def delete(name: str) -> dict[str, Any]:
        """Take the character away with all its files."""
        with told():
            await aside(lambda: studio.delete(name))
        return DELETED

    @router.post("/characters/{name}/set_default")
    async def set_default(name: str) -> dict[str, Any]:
        with told():
            await aside(lambda: studio.characters.set_default(name))
        return MADE_DEFAULT

    @router.get("/default_character")
    async def default() -> dict[str, Any]:
        return {"default_character": await aside(studio.characters.default)}

    return router
