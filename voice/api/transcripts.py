"""Routes about what is said in a character's clips: read, corrected, brought along, left out."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from voice.api.aside import Aside
from voice.api.body import json_body, read_body, read_bytes
from voice.api.studio_errors import told
from voice.studio.clip_files import correct, leave_out_line, replace_transcript, transcript
from voice.studio.studio import Studio
from voice.studio.transcripts import Line, Transcript

MOST_BYTES = 4 << 20


class Correction(BaseModel):
    text: str


def transcript_routes(studio: Studio, aside: Aside) -> APIRouter:
    """The transcripts family; what changes something is refused while a job is at work on the character."""
    router = APIRouter(prefix="/api/v1/characters/{name}/transcripts", tags=["transcripts"])

    @router.get("")
    async def read(name: str) -> dict[str, Any]:
        with told():
            return _shown(await aside(lambda: transcript(studio.characters.folder(name))))

    @router.put("/{clip}", openapi_extra=json_body(Correction))
    async def change(name: str, clip: str, request: Request) -> dict[str, Any]:
        """Correct what is said in one clip, or say it where it was not understood."""
        text = (await read_body(request, Correction, MOST_BYTES)).text

        def work() -> Line:
            with studio.at_rest(name) as folder:
                return correct(folder, studio.characters.get(name), clip, text)

        with told():
            return _line(await aside(work))

    @router.put("")
    async def replace(name: str, request: Request) -> dict[str, Any]:
        """Take over a `.list` file, sent as the body; answers with what could not be used."""
        given = await read_bytes(request, MOST_BYTES)

        def work() -> Transcript:
            with studio.at_rest(name) as folder:
                return replace_transcript(folder, given)

        with told():
            return _shown(await aside(work))

    @router.delete("/{clip}")
    async def leave_out(name: str, clip: str) -> dict[str, Any]:
        """Take a clip's line away: no voice will be trained with it."""

        def work() -> None:
            with studio.at_rest(name) as folder:
                leave_out_line(folder, clip)

        with told():
            await aside(work)
        return {"message": "文本行已删除", "clip": clip, "success": True}

    return router


def _shown(found: Transcript) -> dict[str, Any]:
    return {
        "lines": [_line(line) for line in found.lines],
        "problems": [{"en": english, "zh": chinese} for english, chinese in found.faults],
    }


def _line(line: Line) -> dict[str, Any]:
    return {"clip": line.name, "speaker": line.speaker, "language": line.language, "text": line.text}
