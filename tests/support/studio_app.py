"""The routes of characters and their recordings on a real socket, with small limits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI

from tests.support.live_server import live_server
from voice.api.aside import Aside
from voice.api.characters import character_routes
from voice.api.errors import install_error_handlers
from voice.api.recordings import recording_routes
from voice.api.uploads import upload_routes
from voice.jobs.store import JobStore
from voice.studio.acceptance import UploadLimits
from voice.studio.characters import Characters
from voice.studio.processing import Processing
from voice.studio.studio import Studio
from voice.studio.uploads import Uploads

LIMITS = UploadLimits(most_bytes=8 << 20, longest_s=120)


@dataclass(frozen=True)
class StudioApp:
    """A running server with the character `bob`."""

    url: str
    raw: Path
    uploads: Uploads

    @property
    def place(self) -> str:
        return f"{self.url}/api/v1/characters/bob/audio/uploads"

    def recordings(self) -> list[str]:
        files = httpx.get(f"{self.url}/api/v1/characters/bob/audio/files").json()
        return [file["filename"] for file in files]

    def litter(self) -> list[str]:
        """What lies beside the recordings."""
        return sorted(file.name for file in self.raw.iterdir() if file.name.startswith("."))


@contextmanager
def studio_app(folder: Path, limits: UploadLimits = LIMITS) -> Iterator[StudioApp]:
    """Started on this folder, where an earlier one may have been."""
    jobs, characters = JobStore(folder / "jobs.sqlite"), Characters(folder / "work")
    studio = Studio(characters, jobs, Processing(characters, jobs, {}))
    uploads = Uploads(characters, limits, studio.put_recording)
    characters.sweep()
    uploads.sweep()
    app, aside = FastAPI(), Aside()
    install_error_handlers(app)
    app.include_router(character_routes(studio, aside))
    app.include_router(recording_routes(studio, aside, limits))
    app.include_router(upload_routes(uploads, aside))
    with live_server(app) as url:
        httpx.post(f"{url}/api/v1/characters", json={"character_name": "bob"})
        yield StudioApp(url, folder / "work" / "characters" / "bob" / "raw_audio", uploads)
