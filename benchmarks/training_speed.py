"""Measures both trainings: steps a second and peak memory, at the released models' sizes, with random weights.

    python -m benchmarks.training_speed [--version v2] [--batch 4] [--steps 3] [--device cpu] [--write]

Clips of four seconds, each half in a process of its own. Nothing is learnt, but the work is that of a real training.
"""

import argparse
import datetime
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import machine
from benchmarks.report import replace_section, table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
TITLE = "Training"
CLIPS, CLIP_S = 8, 4
SAID = "The weather is lovely today, so let us take a walk."
HALVES = {"sovits": "SoVITS (s2)", "gpt": "GPT (s1)"}
WARMING = 1
"""Steps that are not counted: libraries choose their kernels in them."""


class Enough(Exception):
    """The steps that were to be measured are done."""


@dataclass
class Stopwatch:
    """A watcher that ends a training after so many steps, and knows when each began."""

    steps: int
    began_s: list[tuple[float, float]] = field(default_factory=list)
    """By the clock, and by the processor's time of this process."""

    def progress(self, share: float, eta_s: float | None = None) -> None:
        pass

    def check(self) -> None:
        self.began_s.append((time.perf_counter(), time.process_time()))
        if len(self.began_s) > WARMING + self.steps:
            raise Enough

    def log(self, line: str, level: str = "info", chinese: str = "") -> None:
        if level != "info":
            print(line, file=sys.stderr)

    def point(self, step: int, **values: float) -> None:
        pass

    def exported(self, path: Path) -> None:
        pass

    def median(self, clock: int) -> float:
        """Seconds of a step that counts, by the clock (0) or of the processor (1)."""
        return float(np.median([after[clock] - before[clock] for before, after in pairwise(self.began_s[WARMING:])]))


def prepare(folder: Path, version: str, device: str) -> None:
    """Random models of full size, and the features of a few clips."""
    from tts.gpt_sovits.files import find_gpt_sovits
    from tts.gpt_sovits.random_set import write_random_set
    from tts.gpt_sovits.training.feature_run import RecordedClip
    from tts.gpt_sovits.training.features import Features

    write_random_set(folder / "models", version, "full")  # pyright: ignore[reportArgumentType]
    files = find_gpt_sovits(folder / "models")
    assert files.hubert
    assert files.sovits
    recorded, rate_hz = soundfile.read(HERE.parent / "tests" / "assets" / "jfk.wav", dtype="float32")
    clips = []
    for number in range(CLIPS):
        sound = folder / f"{number}.wav"
        soundfile.write(sound, np.roll(recorded, -number * rate_hz)[: CLIP_S * rate_hz], rate_hz)
        clips.append(RecordedClip(sound.name, sound, "en", SAID))
    features = Features(folder / "experiment", clips, (device,), device != "cpu", Stopwatch(10**9))
    features.texts(files)
    features.sounds(files.hubert)
    features.tokens(files.sovits)
    if version != "v2":
        assert files.speaker
        features.speakers(files.speaker)


def measure(half: str, folder: Path, version: str, batch: int, steps: int, device: str) -> dict[str, float]:
    """One half, in this process: seconds a step, and the most memory that it took, in GB."""
    from tts.gpt_sovits.base_models import BASE_MODELS
    from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
    from tts.gpt_sovits.training.gpt_run import train_gpt
    from tts.gpt_sovits.training.sovits_options import SovitsOptions, SovitsPaths
    from tts.gpt_sovits.training.sovits_run import train_sovits

    base, watch = BASE_MODELS[version], Stopwatch(steps)
    experiment, models, run, out = folder / "experiment", folder / "models", folder / f"run-{half}", folder / "out"
    try:
        if half == "sovits":
            paths = SovitsPaths(experiment, models / base.sovits, models / base.discriminator, run, out)
            train_sovits(paths, SovitsOptions("x", epochs=9999, batch_size=batch, devices=(device,)), watch)
        else:
            semantic = GptPaths(experiment, models / base.gpt, run, out)
            train_gpt(semantic, GptOptions("x", epochs=9999, batch_size=batch, devices=(device,)), watch)
    except Enough:
        pass
    return {"s": watch.median(0), "processor_s": watch.median(1), "gb": peak_gb(device)}


def peak_gb(device: str) -> float:
    """Of the device's memory; of this process where that is the processor's."""
    import torch

    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def measured_apart(half: str, folder: Path, flags: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.training_speed", "--half", half, "--folder", str(folder)]
    for name in ("version", "batch", "steps", "device"):
        command += [f"--{name}", str(getattr(flags, name))]
    done = subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, dict[str, float]], flags: argparse.Namespace) -> str:
    head = [
        "batch",
        "half",
        "s a step",
        "steps a second",
        "processor s a step",
        "processor s a clip",
        "peak memory, GB",
    ]
    rows = [
        [
            str(flags.batch),
            HALVES[half],
            f"{one['s']:.2f}",
            f"{1 / one['s']:.3f}",
            f"{one['processor_s']:.1f}",
            f"{one['processor_s'] / flags.batch:.2f}",
            f"{one['gb']:.2f}",
        ]
        for half, one in found.items()
    ]
    about = f"{datetime.date.today()}, {machine.hardware()}, on {device_name(flags.device)}. Load {machine.load()}."
    # On a machine that others use, too, the processor's time says more than the clock.
    how = f"{flags.version}, clips of {CLIP_S} s, medians of {flags.steps} steps behind {WARMING} that is not counted."
    return f"{table(head, rows)}\n\n{about}\n{how}\n"


def device_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "the processor, in float32"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", choices=("v2", "v2Pro", "v2ProPlus"), default="v2ProPlus")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--write", action="store_true", help=f"put the table into {RESULTS.name}")
    parser.add_argument("--half", choices=tuple(HALVES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.half:
        print(json.dumps(measure(flags.half, flags.folder, flags.version, flags.batch, flags.steps, flags.device)))
        return 0
    with tempfile.TemporaryDirectory(prefix="yinliu-") as place:
        prepare(Path(place), flags.version, flags.device)
        found = {half: measured_apart(half, Path(place), flags) for half in HALVES}
    body = report(found, flags)
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
