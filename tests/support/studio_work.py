"""What tests of the studio's stages need: a character's folder, recordings of speech, and a job to speak to."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

import audio
from tests.support.recordings import by_libsndfile
from voice.jobs.work import Work
from voice.studio.folders import CharacterFolder
from voice.studio.steps import Step
from voice.studio.wav import RATE_HZ

TESTS = Path(__file__).parents[1]


def training_vectors() -> Path:
    """Conformance data of training; the environment variable YINLIU_TRAINING_VECTORS names another set."""
    return Path(os.environ.get("YINLIU_TRAINING_VECTORS") or TESTS / "vectors" / "training")


def speech(name: str = "jfk") -> np.ndarray:
    """Eleven seconds of English, or aishell: four of Mandarin; 32 kHz."""
    samples, rate_hz = soundfile.read(TESTS / "assets" / f"{name}.wav", dtype="float32")
    return audio.resample(samples, rate_hz, RATE_HZ)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def wav_bytes(samples: np.ndarray, rate_hz: int = RATE_HZ) -> bytes:
    return by_libsndfile("WAV", "PCM_16", samples, rate_hz)


def character(place: Path, recordings: Mapping[str, bytes]) -> CharacterFolder:
    """A new character with these uploads."""
    folder = CharacterFolder(place / "characters" / "小音")
    folder.raw.mkdir(parents=True)
    for name, data in recordings.items():
        (folder.raw / name).write_bytes(data)
    return folder


def parameters(folder: CharacterFolder, **more: Any) -> dict[str, Any]:
    """As the server hands them to the job."""
    told = {"folder": str(folder.root), "name": folder.name, "language": "zh", "enable_denoise": False}
    return {**told, "models_dir": str(folder.root / "models"), **more}


class Job:
    """A Work whose words are kept."""

    def __init__(self, parameters: Mapping[str, Any] | None = None):
        self._said = io.StringIO()
        told = {"kind": "process", "subject": "s", "parameters": parameters or {}, "attempt": 1, "device": "cpu"}
        self.work = Work(told, self._said)
        self.step = Step(self.work, 0, 100)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._said.getvalue().splitlines()]

    @property
    def log(self) -> list[str]:
        return [line["line"] for line in self.lines if line["type"] == "log"]

    @property
    def stages(self) -> list[tuple[str, float]]:
        return [(line["stage"], line["progress"]) for line in self.lines if "stage" in line]
