"""One step of a training as a task asks for it."""

from dataclasses import dataclass
from pathlib import Path

from voice.tasks.requests import FormatRequest, GptRequest, SovitsRequest


@dataclass(frozen=True)
class TrainingTask:
    """One step on one experiment. request: with devices, epochs and the names of base weights, as they were sent.

    transcript, clips: of the format step only. source: the request's inp_path, where it has one.
    """

    request: FormatRequest | SovitsRequest | GptRequest
    experiment: Path
    """Where features lie."""
    weights: Path
    """Where finished weights go."""
    models_dir: Path
    device: str
    transcript: Path | None = None
    clips: Path | None = None
    source: Path | None = None
