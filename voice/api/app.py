"""The application: settings and engines in, every route out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline

from voice.api.asr import asr_routes
from voice.api.chat import chat_routes
from voice.api.errors import install_error_handlers
from voice.api.guard import Guard
from voice.api.system import system_routes
from voice.conversation import Conversations
from voice.metrics import Metrics
from voice.parts import Parts
from voice.settings import Settings
from voice.version import VERSION
from voice.voices import Voices


def create_app(
    settings: Settings,
    parts: Parts,
    voices: Voices,
    *,
    token: str = "",
    start: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """Build the server. `token` guards it when it is not ""; `start` runs once the event loop does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        if start:
            await start()
        yield
        await parts.close()

    # FastAPI's own pages at /docs and /redoc load their scripts from a CDN.
    app = FastAPIOffline(title="Yinliu 音流", version=VERSION, lifespan=lifespan)
    metrics = Metrics()
    conversations = Conversations(settings, parts, voices, metrics)
    install_error_handlers(app)
    app.include_router(chat_routes(conversations, parts, settings.limits))
    app.include_router(asr_routes(parts, settings.limits, metrics))
    app.include_router(system_routes(parts, metrics))
    origins = settings.server.cors_origins
    app.add_middleware(Guard, token=token, allowed_hosts=settings.server.allowed_hosts, cors_origins=origins)
    if origins:
        # Added last, so outermost: a browser must be able to read even a refusal.
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])
    return app
