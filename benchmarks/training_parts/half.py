"""One half of a training, measured in this process."""

import resource
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.training_parts.arrangement import as_upstream
from benchmarks.training_parts.stopwatch import Enough, Stopwatch
from tts.gpt_sovits.base_models import BASE_MODELS
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
from tts.gpt_sovits.training.sovits_run import train_sovits

EPOCHS = 9999
SIDES = {"cpu": 2048, "cuda": 8192}
"""Of matrices that are large for the device."""
TRIES = 5


@dataclass(frozen=True)
class Measured:
    """s, processor_s: a step. operations: of a step. shares: of a step's time, by operation. gb: at most."""

    s: float
    processor_s: float
    operations: float
    best_rate: float
    """Operations a second in one large matrix product of the same numbers on the same device."""
    shares: dict[str, float]
    gb: float

    def told(self) -> dict[str, Any]:
        return asdict(self)


def measure(half: str, folder: Path, version: str, batch: int, steps: int, device: str, is_upstream: bool) -> Measured:
    """half: sovits or gpt. folder: as materials.prepare has left it."""
    base, watch = BASE_MODELS[version], Stopwatch(steps, device)
    experiment, models, out = folder / "experiment", folder / "models", folder / "out"
    run = folder / f"run-{half}-{is_upstream}"
    if is_upstream:
        as_upstream()
    try:
        if half == "sovits":
            paths = SovitsPaths(experiment, models / base.sovits, models / base.discriminator, run, out)
            train_sovits(paths, SovitsOptions("x", epochs=EPOCHS, batch_size=batch, devices=(device,)), watch)
        else:
            options = GptOptions(
                "x", epochs=EPOCHS, batch_size=batch, devices=(device,), is_as_upstream=is_upstream, save_epochs=EPOCHS
            )
            train_gpt(GptPaths(experiment, models / base.gpt, run, out), options, watch)
    except Enough:
        pass
    gb = _peak_gb(device)
    return Measured(watch.mean_s(0), watch.mean_s(1), watch.operations(), _best_rate(device), watch.shares(), gb)


def _peak_gb(device: str) -> float:
    """Of the device's memory; of this process where that is the processor's."""
    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _best_rate(device: str) -> float:
    """float32 on a processor, float16 on a graphics card, as the trainings compute there."""
    kind, side = torch.float16 if device.startswith("cuda") else torch.float32, SIDES[device.partition(":")[0]]
    one, other = (torch.randn(side, side, device=device, dtype=kind) for _ in range(2))
    watch = Stopwatch(TRIES, device)
    for _ in range(1 + TRIES):
        watch.check()
        torch.mm(one, other)
    watch.check()
    return 2 * side**3 / watch.mean_s(0)
