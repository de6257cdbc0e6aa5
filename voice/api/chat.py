"""Routes that answer: /api/chat and the two later forms of it."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Literal

import anyio
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from llm.replier import Message
from voice.api.body import json_body, read_body
from voice.api.errors import ApiError
from voice.api.frames import chat_frame, typed_frames
from voice.chat.events import Event
from voice.chat.turn import until_stopped
from voice.conversation import Conversations, Seat, TooManyTurns
from voice.parts import Parts
from voice.settings import LimitSettings

log = logging.getLogger("yinliu.turn")

KEEP_ALIVE_S = 15
STOPPING_S = 0.3
"""How long a stream has for its last frame when the server ends."""
AudioFormat = Literal["wav", "mp3", "opus", "pcm"]
MakeFrame = Callable[[Event, int, str | None], Awaitable[bytes]]


class ChatRequest(BaseModel):
    """A chat history, oldest first."""

    msg: list[Any]
    stream: Literal["pieces", "chunks"] = "pieces"
    """chunks: audio in parts inside a piece, the first with the text, the rest with an empty message."""
    audio_format: AudioFormat | None = Field(None, alias="format")
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


class TurnResponse(EventSourceResponse):
    """A stream that gives its seat back however it ends, also before it has begun."""

    def __init__(self, frames: AsyncGenerator[bytes, None], seat: Seat, **options: Any):
        super().__init__(frames, **options)
        self._seat = seat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("A listener took nothing for too long and was left.")
        finally:
            self._seat.release()


def chat_routes(conversations: Conversations, parts: Parts, limits: LimitSettings) -> APIRouter:
    """The chat family; every answer is a stream, whatever happens to the model."""
    router = APIRouter(tags=["chat"])
    limit_bytes = int(limits.chat_kb * 1024)

    def stream(
        messages: list[Message], in_parts: bool, audio_format: str | None, make: MakeFrame
    ) -> EventSourceResponse:
        try:
            seat = conversations.admit()
        except TooManyTurns as error:
            raise ApiError(503, str(error), code="busy", retry_after_s=2) from None
        stopping = anyio.Event()

        async def frames() -> AsyncGenerator[bytes, None]:
            turn = conversations.turn(messages, seat, in_parts=in_parts)
            async with aclosing(until_stopped(turn, stopping)) as events:
                async for event in events:
                    synthesizer = parts.speaking.engine
                    yield await make(event, synthesizer.rate_hz if synthesizer else 0, audio_format)

        return TurnResponse(
            frames(),
            seat,
            shutdown_event=stopping,
            shutdown_grace_period=STOPPING_S,
            sep="\n",
            ping=KEEP_ALIVE_S,
            # No field at all is a lone empty line, which every client skips.
            ping_message_factory=lambda: ServerSentEvent(sep="\n"),
            send_timeout=limits.send_timeout_s,
        )

    @router.post("/api/chat", openapi_extra=json_body(ChatRequest), response_class=EventSourceResponse)
    async def chat(request: Request) -> EventSourceResponse:
        """Answer a chat history; frames of {file, message, done}, the last with done: true."""
        asked = await read_body(request, ChatRequest, limit_bytes)
        return stream(_messages(asked.msg), asked.stream == "chunks", asked.audio_format, chat_frame)

    @router.post("/api/chat_v2", openapi_extra=json_body(ChatRequest), response_class=EventSourceResponse)
    async def chat_v2(request: Request) -> EventSourceResponse:
        """The same answer with text and audio in frames of their own: {type, data, done}."""
        asked = await read_body(request, ChatRequest, limit_bytes)
        return stream(_messages(asked.msg), asked.stream == "chunks", asked.audio_format, typed_frames)

    @router.get("/api/stream_chat", response_class=EventSourceResponse)
    async def stream_chat(text: str) -> EventSourceResponse:
        """One user message in the URL, for a browser's EventSource."""
        return stream(_messages([text]), False, None, chat_frame)

    return router


def _messages(msg: list[dict[str, Any] | str]) -> list[Message]:
    """Bare strings are user messages; everything else goes to the model as it is."""
    return [{"role": "user", "content": element} if isinstance(element, str) else element for element in msg]
