"""What this machine can compute on, told without loading torch."""

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

log = logging.getLogger("yinliu.jobs")

ASKING_S = 10.0


def devices_of(wanted: Sequence[str] | Literal["auto"]) -> list[str]:
    """The devices as wanted, each once; for "auto" every CUDA device that programs may see, else the processor."""
    found = cuda_devices() if wanted == "auto" else dict.fromkeys(wanted)
    return list(found) or ["cpu"]


def cuda_devices() -> list[str]:
    """In torch's words and count: what CUDA_VISIBLE_DEVICES hides is not counted."""
    count = _gpu_count()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if count and visible is not None:
        # As CUDA does it: whatever stands behind the first name that means nothing is not seen either.
        count = len(list(takewhile(lambda name: _is_gpu(name.strip(), count), visible.split(","))))
    return [f"cuda:{number}" for number in range(count)]


def _is_gpu(name: str, count: int) -> bool:
    return name.startswith(("GPU-", "MIG-")) or (name.isdigit() and int(name) < count)


def _gpu_count() -> int:
    program = shutil.which("nvidia-smi")
    if not program:
        return 0
    try:
        told = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=ASKING_S, check=True).stdout
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("nvidia-smi does not say which GPUs there are (%s); work is done on the processor.", error)
        return 0
    return len(re.findall(r"^GPU \d+:", told, re.MULTILINE))
