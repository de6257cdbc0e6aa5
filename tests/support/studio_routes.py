"""The studio's routes over a real socket, with a worker that the test itself plays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from tests.support.live_server import live_server
from tests.support.trained import processed
from tests.support.training_jobs import FUNCTIONS
from voice.api.aside import Aside
from voice.api.characters import character_routes
from voice.api.downloads import download_routes
from voice.api.errors import install_error_handlers
from voice.api.inference import inference_routes
from voice.api.trained import trained_routes
from voice.api.training import training_routes
from voice.jobs.claims import Claims
from voice.jobs.job import Claim
from voice.jobs.store import JobStore
from voice.studio.characters import CharacterConfig, Characters
from voice.studio.folders import CharacterFolder
from voice.studio.inference import Inference, InferenceSettings
from voice.studio.processing import Processing
from voice.studio.studio import Studio
from voice.studio.training import Training, TrainingSettings


class StudioClient:
    """A client of the original, the folders behind the server, and the worker beside it."""

    def __init__(self, place: Path, models_dir: Path, functions: Any = FUNCTIONS, uses_stale: bool = False):
        file = place / "jobs.sqlite"
        self.jobs, self.characters = JobStore(file), Characters(place / "work")
        self.worker = Claims(file, "w", "cpu", 60)
        processing = Processing(self.characters, self.jobs, {})
        settings = TrainingSettings(models_dir, "v2", uses_stale)
        training = Training(self.characters, self.jobs, processing, settings, functions)
        inference = Inference(self.characters, self.jobs, training, InferenceSettings(models_dir))
        self.studio = Studio(self.characters, self.jobs, processing, training, inference)
        self.woken: list[str] = []
        self.url = ""

    def __call__(self, method: str, path: str, **content: Any) -> tuple[int, Any]:
        answer = httpx.request(method, self.url + path, timeout=20, **content)
        return answer.status_code, answer.json()

    def app(self) -> FastAPI:
        app, aside = FastAPI(), Aside()
        install_error_handlers(app)
        app.include_router(character_routes(self.studio, aside))
        app.include_router(download_routes(self.studio, aside))
        app.include_router(training_routes(self.studio, aside, lambda: self.woken.append("devices")))
        app.include_router(trained_routes(self.studio, aside))
        app.include_router(inference_routes(self.studio.inference, aside, lambda: self.woken.append("quick")))
        return app

    def processed(self, name: str = "bob") -> CharacterFolder:
        """A character whose recordings have become clips, as files alone tell."""
        self.characters.create(CharacterConfig(name, enable_denoise=False))
        folder = self.characters.folder(name)
        processed(folder)
        return folder

    def trained(self, name: str = "bob") -> CharacterFolder:
        """A character with a voice that a training has left."""
        folder = self.processed(name)
        assert self("POST", f"/characters/{name}/training/start")[0] == 200
        self.finish_training(folder)
        return folder

    def finish_training(self, folder: CharacterFolder) -> None:
        claim = self.claim()
        folder.models.mkdir(exist_ok=True)
        for filename in (f"{folder.name}-e15.ckpt", f"{folder.name}_e8_s24.pth"):
            (folder.models / filename).write_bytes(b"PK\x03\x04 begins a checkpoint")
        self.worker.report(claim, "train_gpt", 500 / 6)
        self.worker.finish(claim, "completed", {})

    def claim(self) -> Claim:
        claim = self.worker.claim(["train", "infer", "process_audio"])
        assert claim
        return claim


@contextmanager
def studio_client(client: StudioClient) -> Iterator[StudioClient]:
    with live_server(client.app()) as url:
        client.url = f"{url}/api/v1"
        yield client


def without_times(info: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in info.items() if not name.endswith("_at")}
