"""Routes that answer: /api/chat and the two later forms of it."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Literal

import anyio
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError
from sse_starlette import EventSourceResponse, ServerSentEvent

from llm.replier import Message
from voice.api.body import json_body, read_body
from voice.api.errors import ApiError
from voice.api.frames import chat_frame, typed_frames
from voice.api.streams import CountedStream
from voice.characters import UnknownName, Wishes
from voice.chat.events import Event
from voice.chat.turn import until_stopped
from voice.conversation import Conversations, TooManyTurns
from voice.parts import Parts
from voice.settings import LimitSettings

log = logging.getLogger("yinliu.turn")

STOPPING_S = 0.3
"""How long a stream has for its last frame when the server ends."""
AudioFormat = Literal["wav", "mp3", "opus", "pcm"]
MakeFrame = Callable[[Event, int, str | None], Awaitable[bytes]]


class ModelWishes(BaseModel):
    """What a client may change of the request to the model."""

    model_config = ConfigDict(extra="forbid")

    model: str | None = Field(None, min_length=1, max_length=200)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1, le=1 << 20)


class ChatRequest(BaseModel):
    """A chat history, oldest first."""

    msg: list[Any]
    character: str | None = None
    """Who answers, by a name from /api/choices; empty: the usual one."""
    voice: str | None = None
    language: Literal["", "zh", "en", "ja", "ko", "yue", "auto"] | None = None
    """The language of what is spoken."""
    speed: float | None = Field(default=None, ge=0.25, le=4)
    llm: ModelWishes | None = None
    stream: Literal["pieces", "chunks"] = "pieces"
    """chunks: audio in parts inside a piece, the first with the text, the rest with an empty message."""
    audio_format: AudioFormat | None = Field(default=None, alias="format")
    """Another encoding of the audio; the contract's frames carry WAV and do not say so."""

    @field_validator("msg")
    @classmethod
    def _check_messages(cls, msg: list[Any]) -> list[Any]:
        """Stop at the first wrong element: a list of each would be a hundred times as long as the body."""
        for number, element in enumerate(msg):
            if not isinstance(element, dict | str):
                about = {"number": number}
                raise PydanticCustomError("message", "Element {number} is neither an object nor a string", about)
        return msg

    def wishes(self) -> Wishes:
        options = self.llm.model_dump(exclude_none=True) if self.llm else {}
        return Wishes(self.character or "", self.voice or "", self.language or "", self.speed, options)


def chat_routes(conversations: Conversations, parts: Parts, limits: LimitSettings) -> APIRouter:
    """The chat family; every answer is a stream, whatever happens to the model."""
    router = APIRouter(tags=["chat"])
    limit_bytes = int(limits.chat_kb * 1024)

    async def stream(asked: ChatRequest, make: MakeFrame) -> EventSourceResponse:
        messages, in_parts, audio_format = _messages(asked.msg), asked.stream == "chunks", asked.audio_format
        try:
            character = await conversations.choose(asked.wishes())
            seat = conversations.admit()
        except UnknownName as error:
            raise ApiError(400, str(error), code="unknown_name") from None
        except TooManyTurns as error:
            raise ApiError(503, str(error), code="busy", retry_after_s=2) from None
        stopping = anyio.Event()

        async def frames() -> AsyncGenerator[bytes, None]:
            turn = conversations.turn(messages, seat, character=character, in_parts=in_parts)
            async with aclosing(until_stopped(turn, stopping)) as events:
                async for event in events:
                    synthesizer = parts.speaking.engine
                    yield await make(event, synthesizer.rate_hz if synthesizer else 0, audio_format)

        return CountedStream(
            frames(),
            seat.release,
            shutdown_event=stopping,
            shutdown_grace_period=STOPPING_S,
            # No field at all is a lone empty line, which every client skips.
            ping_message_factory=lambda: ServerSentEvent(sep="\n"),
            send_timeout=limits.send_timeout_s,
        )

    @router.post("/api/chat", openapi_extra=json_body(ChatRequest), response_class=EventSourceResponse)
    async def chat(request: Request) -> EventSourceResponse:
        """Answer a chat history; frames of {file, message, done}, the last with done: true."""
        asked = await read_body(request, ChatRequest, limit_bytes)
        return await stream(asked, chat_frame)

    @router.post("/api/chat_v2", openapi_extra=json_body(ChatRequest), response_class=EventSourceResponse)
    async def chat_v2(request: Request) -> EventSourceResponse:
        """The same answer with text and audio in frames of their own: {type, data, done}."""
        asked = await read_body(request, ChatRequest, limit_bytes)
        return await stream(asked, typed_frames)

    @router.get("/api/stream_chat", response_class=EventSourceResponse)
    async def stream_chat(text: str) -> EventSourceResponse:
        """One user message in the URL, for a browser's EventSource."""
        return await stream(ChatRequest(msg=[text]), chat_frame)

    return router


def _messages(msg: list[dict[str, Any] | str]) -> list[Message]:
    """Bare strings are user messages; everything else goes to the model as it is."""
    return [{"role": "user", "content": element} if isinstance(element, str) else element for element in msg]
