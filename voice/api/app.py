"""The application: settings and engines in, every route out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi_offline import FastAPIOffline

from voice.api.aside import Aside
from voice.api.asr import asr_routes
from voice.api.chat import chat_routes
from voice.api.choices import choices_routes
from voice.api.errors import install_error_handlers
from voice.api.guard import Guard
from voice.api.listening import rules_routes
from voice.api.page import page_routes
from voice.api.studio_routes import include_studio_routes
from voice.api.system import system_routes
from voice.characters import Cast
from voice.company import Company
from voice.conversation import Conversations
from voice.made_characters import MadeCharacters
from voice.metrics import Metrics
from voice.parts import Parts
from voice.settings import Settings
from voice.version import VERSION
from voice.workshop import Workshop


def create_app(
    settings: Settings,
    parts: Parts,
    cast: Cast,
    *,
    token: str = "",
    workshop: Workshop | None = None,
    start: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """Build the server.

    token: guards it when it is not "". workshop: None leaves out the routes that make voices.
    start: runs once the event loop does.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None, None]:
        if start:
            await start()
        if workshop:
            await workshop.resume()
        yield
        if workshop:
            await workshop.tasks.close()
            if workshop.remote:
                await workshop.remote.desk.close()
            await workshop.workers.close()
            aside.close()
        await parts.close()

    # FastAPI's own pages at /docs and /redoc load their scripts from a CDN.
    app = FastAPIOffline(title="Yinliu 音流", version=VERSION, lifespan=lifespan)
    aside, metrics = Aside(), Metrics()
    company = Company(cast, MadeCharacters(workshop.studio.characters, cast.usual) if workshop else None)
    conversations = Conversations(settings, parts, company, metrics, _give_way(workshop))
    install_error_handlers(app)
    app.include_router(chat_routes(conversations, parts, settings.limits))
    app.include_router(asr_routes(parts, settings.limits, metrics))
    app.include_router(choices_routes(company, parts))
    remote = workshop.remote if workshop else None
    app.include_router(system_routes(parts, metrics, (lambda: remote.state) if remote else None))
    app.include_router(page_routes())
    app.include_router(rules_routes(workshop.upload_limits.most_bytes if workshop else None))
    if workshop:
        include_studio_routes(app, workshop, aside, parts)
    origins = settings.server.cors_origins
    app.add_middleware(Guard, token=token, allowed_hosts=settings.server.allowed_hosts, cors_origins=origins)
    if origins:
        # Added last, so outermost: a browser must be able to read even a refusal.
        app.add_middleware(CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"])
    return app


def _give_way(workshop: Workshop | None) -> Callable[[int], None] | None:
    """Background work stands back while anybody is being answered."""
    if workshop is None:
        return None
    workers = workshop.workers
    return lambda open_turns: workers.set_paused(open_turns > 0)
