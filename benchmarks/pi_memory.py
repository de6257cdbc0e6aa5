"""Where the memory of the voice client goes: a process that loads its parts one after the other."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    ("Python", ()),
    ("numpy", ("numpy",)),
    ("soxr", ("soxr",)),
    ("httpx", ("httpx",)),
    ("onnxruntime", ("onnxruntime",)),
    ("sounddevice and PortAudio", ("sounddevice",)),
    ("the client itself", ("clients.pi.assistant",)),
)
"""What is loaded, and by which imports."""


def resident_mb(process: str = "self") -> float:
    """MiB in memory now."""
    return _status_mb(process, "VmRSS")


def peak_mb(process: str) -> float:
    return _status_mb(process, "VmHWM")


def _status_mb(process: str, field: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024


def stages() -> list[tuple[str, float]]:
    """Each part with the memory that the process had once it was loaded."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pi_memory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [(name, mb) for name, mb in json.loads(done.stdout)]


def _load() -> list[tuple[str, float]]:
    loaded = []
    for name, modules in PARTS:
        for module in modules:
            importlib.import_module(module)
        loaded.append((name, resident_mb()))
    from clients.silero import Silero

    silero = Silero()
    loaded.append(("the speech detector's session", resident_mb()))
    import numpy

    for _ in range(100):
        silero(numpy.zeros(512, numpy.float32))
    loaded.append(("after 100 frames", resident_mb()))
    return loaded


if __name__ == "__main__":
    print(json.dumps(_load()))
