"""What figures were taken on: they mean nothing without it."""

import os
import platform
from pathlib import Path

from benchmarks import event_loop


def hardware() -> str:
    """Processor, cores, operating system and Python in one line."""
    cores = f"{os.cpu_count()} cores"
    system = f"{platform.system()} {platform.release()}"
    return ", ".join([_processor(), cores, system, f"Python {platform.python_version()}", event_loop.name()])


def load() -> str:
    """How many processes wanted a core in the last minute; "" where the system does not say."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()
