"""The floor: the same HTTP libraries with nothing of a voice server between them.

It reads the model's bytes as the server's own client does, sends one frame made beforehand whenever a piece-ending
token goes by, and at the end the token that carries the measured moment.
"""

from collections.abc import AsyncGenerator

from fastapi import FastAPI, Request
from sse_starlette import EventSourceResponse

from benchmarks import script
from benchmarks.polled_baseline import frame, wav


def create_app(llm_url: str) -> FastAPI:
    """The relay in front of this model."""
    import httpx2

    client = httpx2.AsyncClient(
        timeout=60, limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20), trust_env=False
    )
    marks = [script.content(mark) for mark in script.PIECE_MARKS]
    spoken = frame(wav(), "piece")

    async def frames(body: bytes) -> AsyncGenerator[bytes, None]:
        last = b""
        async with client.stream("POST", llm_url, content=body) as answer:
            async for data in answer.aiter_bytes():
                last = data if script.stamped_s(data) else last
                if any(mark in data for mark in marks):
                    yield spoken
        yield frame("", script.stamp(script.stamped_s(last) or 0.0), done=True)

    app = FastAPI()

    @app.post("/api/chat")
    async def chat(request: Request) -> EventSourceResponse:
        return EventSourceResponse(frames(await request.body()), sep="\n", ping=15)

    return app
