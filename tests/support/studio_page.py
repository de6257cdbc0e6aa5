"""A whole server with a studio, its workers beside it, for pages of a browser."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx
import numpy as np
import soundfile

from tests.support.fakes import FakeRecognizer
from tests.support.live_server import app_with, live_server
from tests.support.scripted_talk import SHORT, HummingVoice, OrderlyReplier
from tests.support.studio_work import wav_bytes
from tests.support.trained import plausible_weights
from tests.support.training_jobs import FUNCTIONS
from voice.engine_settings import TTSSettings
from voice.settings import ServerSettings, Settings
from voice.studio_settings import StudioSettings
from voice.workshop import workshop

WORKER = "tests.support.studio_page_jobs"
RATE_HZ = 32_000


@dataclass(frozen=True)
class StudioPage:
    """A running server; folder: where its characters and jobs lie."""

    url: str
    folder: Path

    def api(self, method: str, path: str, **content: object) -> httpx.Response:
        return httpx.request(method, f"{self.url}/api/v1{path}", timeout=30, **content)  # type: ignore[arg-type]

    def make(self, name: str, **recordings: bytes) -> None:
        """A character with these WAV files."""
        self.api("POST", "/characters", json={"character_name": name}).raise_for_status()
        for stem, data in recordings.items():
            files = {"file": (f"{stem}.wav", data)}
            self.api("POST", f"/characters/{name}/audio/upload", files=files).raise_for_status()


def free_port() -> int:
    """For servers that are to come back where they were."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


@contextmanager
def studio_page(folder: Path, port: int = 0, token: str = "", studio: bool = True) -> Iterator[StudioPage]:
    """Started on this folder, where an earlier one may have been."""
    settings = Settings(
        server=ServerSettings(data_dir=str(folder / "data"), models_dir=str(folder / "models")),
        studio=StudioSettings(enabled=studio, work_dir=str(folder / "work"), model_version="v2", devices=["cpu"]),
        tts=TTSSettings(),
    )
    plausible_weights(folder / "models")
    with patch("voice.workshop.WORKER", WORKER), patch.dict("voice.studio.training_steps.FUNCTIONS", FUNCTIONS):
        app = app_with(
            settings=settings,
            recognizer=FakeRecognizer(),
            replier=OrderlyReplier([SHORT]),
            synthesizer=HummingVoice(),
            token=token,
            workshop=workshop(settings),
        )
        with live_server(app, port) as url:
            yield StudioPage(url, folder)


def sentences(count: int, seconds: float = 4.4, pause_s: float = 1.2) -> bytes:
    """A recording of so many hummed sentences with pauses between, at which it is cut."""
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    edge = np.minimum(1, 20 * np.minimum(times, seconds - times))
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 3 * times)
    one = 0.4 * edge * syllables * np.sin(2 * np.pi * 160 * times)
    pause = np.zeros(int(pause_s * RATE_HZ))
    return wav_bytes(np.concatenate([pause, *[one, pause] * count]).astype(np.float32))


def seconds_of(data: bytes) -> float:
    return soundfile.info(io.BytesIO(data)).duration
