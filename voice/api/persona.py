"""Routes about a character's persona: how it talks, and what it speaks with at this moment."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from voice.api.aside import Aside
from voice.api.body import read_bytes
from voice.api.studio_errors import told
from voice.parts import Parts
from voice.studio.folders import CharacterFolder
from voice.studio.persona import MOST_BYTES, Persona, parse_persona, read_persona, write_persona
from voice.studio.reference_clips import SpokenClip
from voice.studio.refused import Refused
from voice.studio.spoken_with import Note, SpokenWith, require_usable, spoken_with
from voice.studio.studio import Studio

CLONES = "gpt-sovits"
"""What is part of the name of an engine that speaks like a clip."""


def persona_routes(studio: Studio, aside: Aside, parts: Parts) -> APIRouter:
    """The persona family; it may be changed while a job is at work, for no job looks at it."""
    router = APIRouter(prefix="/api/v1/characters/{name}/persona", tags=["persona"])
    body = {"required": True, "content": {"application/json": {"schema": TypeAdapter(Persona).json_schema()}}}

    @router.get("")
    async def read(name: str) -> dict[str, Any]:
        """How the character talks, and under `used` with which weights and clips, and why with these."""
        with told():
            return await aside(lambda: _shown(studio.characters.folder(name), parts))

    @router.put("", openapi_extra={"requestBody": body})
    async def replace(name: str, request: Request) -> dict[str, Any]:
        """Another persona in the place of the one before; a field that is left out takes its default."""
        given = await read_bytes(request, MOST_BYTES)

        def work() -> dict[str, Any]:
            persona = parse_persona(given)
            with studio.characters.changing:
                folder = studio.characters.folder(name)
                require_usable(persona, folder)
                write_persona(folder, persona)
            return _shown(folder, parts)

        with told():
            return await aside(work)

    return router


def _shown(folder: CharacterFolder, parts: Parts) -> dict[str, Any]:
    persona, notes = Persona(), list[Note]()
    try:
        persona = read_persona(folder)
    except Refused as refused:
        notes.append((str(refused), refused.chinese))
    now = spoken_with(folder, persona)
    return {**asdict(persona), "used": _used(now, [*notes, *now.notes, *_engine_notes(now, parts)])}


def _used(now: SpokenWith, notes: list[Note]) -> dict[str, Any]:
    models = now.models
    return {
        "weights": {"gpt": models.gpt.name, "sovits": models.sovits.name} if models else None,
        "clip": _clip(now.main) if now.main else None,
        "extra_clips": [clip.file.name for clip in now.extras],
        "emotions": {tag: clip.file.name for tag, clip in now.emotions.items()},
        "notes": [{"en": english, "zh": chinese} for english, chinese in notes],
    }


def _clip(clip: SpokenClip) -> dict[str, Any]:
    return {"name": clip.file.name, "text": clip.text, "language": clip.language, "seconds": clip.seconds}


def _engine_notes(now: SpokenWith, parts: Parts) -> list[Note]:
    """That the voice is not heard, where the engine cannot speak like a clip; with what would change that."""
    speaking = parts.speaking
    can_clone = speaking.state == "loading" or (
        speaking.state == "ready" and CLONES in getattr(speaking.engine, "name", "")
    )
    if now.main is None or can_clone:
        return []
    english, chinese = speaking.note
    return [(f"Its own voice is not heard now: {english}", f"目前听不到它自己的音色：{chinese}")]
