"""A real server on a free port of this machine, in a thread of the test's process."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from asr.recognizer import Recognizer
from llm.replier import Replier
from tts.synthesizer import Synthesizer
from voice.api.app import create_app
from voice.characters import configured_cast
from voice.hearing import Hearing
from voice.parts import Part, Parts
from voice.settings import Settings
from voice.voices import Voices
from voice.workshop import Workshop


def app_with(
    *,
    recognizer: Recognizer | None = None,
    replier: Replier | None = None,
    synthesizer: Synthesizer | None = None,
    settings: Settings | None = None,
    voices: Voices | None = None,
    token: str = "",
    missing: str = "not part of this test",
    workshop: Workshop | None = None,
) -> FastAPI:
    """The application with these engines ready, and the others absent for the reason `missing`."""
    settings = settings or Settings()
    hearing = Hearing(recognizer, settings.limits.waiting_recognitions) if recognizer else None
    parts = Parts(
        Part.settled("Recogniser", hearing, (missing, missing)),
        Part.settled("Model", replier, (missing, missing)),
        Part.settled("Voice", synthesizer, (missing, missing)),
    )
    cast = configured_cast(settings)[0]
    if voices:
        cast = replace(cast, usual=replace(cast.usual, voices=voices))
    return create_app(settings, parts, cast, token=token, workshop=workshop)


@contextmanager
def live_server(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The base URL of the application while it runs; port 0: any that is free."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
