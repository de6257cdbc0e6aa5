"""Measures both trainings at the released models' sizes, with random weights, beside upstream's order of work.

    python -m benchmarks.training_speed [--version v2] [--batch 4] [--steps 4] [--device cpu] [--write]

Clips of four seconds, each half in a process of its own. Nothing is learnt, but the work is that of a real training.
"""

import argparse
import datetime
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.report import replace_section, table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
TITLE = "Training"
HALVES = {"sovits": "SoVITS (s2)", "gpt": "GPT (s1)"}
AS_UPSTREAM = ", as upstream arranges it"
SHOWN_SHARES = 6


def measured_apart(half: str, is_upstream: bool, folder: Path, flags: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own, for its peak of memory."""
    command = [sys.executable, "-m", "benchmarks.training_speed", "--half", half, "--folder", str(folder)]
    for name in ("version", "batch", "steps", "device"):
        command += [f"--{name}", str(getattr(flags, name))]
    command += ["--upstream"] if is_upstream else []
    done = subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(found: dict[str, dict[str, Any]], flags: argparse.Namespace) -> str:
    """found: by the row's name."""
    from benchmarks.training_parts.materials import CLIP_S
    from benchmarks.training_parts.stopwatch import WARMING

    head = ["batch", "half", "s a step", "steps a second", "processor s a clip", "peak memory, GB"]
    head += ["operations a step, 10^9", "floor, s", "share of the floor"]
    rows = [_row(flags.batch, name, one) for name, one in found.items()]
    about = f"{datetime.date.today()}, {machine.hardware()}, on {device_name(flags.device)}. Load {machine.load()}."
    how = (
        f"{flags.version}, clips of {CLIP_S} s, means of {flags.steps} steps behind {WARMING} that is not counted. "
        "Every fourth step of GPT changes its parameters.\n"
        "The floor: the operations of a step at the rate of one large matrix product on this device."
    )
    spent = [f"- {name}: {_shares(one['shares'])}" for name, one in found.items() if not name.endswith(AS_UPSTREAM)]
    return "\n".join([table(head, rows), "", about, how, "", "Where the time of a step goes:", "", *spent, ""])


def _row(batch: int, name: str, one: dict[str, Any]) -> list[str]:
    floor_s = one["operations"] / one["best_rate"]
    told = [f"{one['s']:.2f}", f"{1 / one['s']:.3f}", f"{one['processor_s'] / batch:.2f}", f"{one['gb']:.2f}"]
    return [str(batch), name, *told, f"{one['operations'] / 1e9:.0f}", f"{floor_s:.2f}", f"{floor_s / one['s']:.0%}"]


def _shares(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.0%}" for name, share in list(shares.items())[:SHOWN_SHARES])


def device_name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "the processor, in float32"


def compare(flags: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Both halves, in our order of work and in upstream's."""
    from benchmarks.training_parts.materials import prepare
    from benchmarks.training_parts.stopwatch import Stopwatch

    with tempfile.TemporaryDirectory(prefix="yinliu-") as place:
        prepare(Path(place), flags.version, flags.size, flags.device, Stopwatch(10**9, flags.device))
        return {
            name + (AS_UPSTREAM if is_upstream else ""): measured_apart(half, is_upstream, Path(place), flags)
            for half, name in HALVES.items()
            for is_upstream in (False, True)
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", choices=("v2", "v2Pro", "v2ProPlus"), default="v2ProPlus")
    parser.add_argument("--size", choices=("full", "tiny"), default="full", help="tiny: only whether it works")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--write", action="store_true", help=f"put the table into {RESULTS.name}")
    for name in ("--half", "--folder"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--upstream", action="store_true", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    if flags.half:
        from benchmarks.training_parts.half import measure

        measured = measure(
            *(flags.half, Path(flags.folder), flags.version, flags.batch, flags.steps, flags.device, flags.upstream)
        )
        print(json.dumps(measured.told()))
        return 0
    body = report(compare(flags), flags)
    print(body)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, body), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
