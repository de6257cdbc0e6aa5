"""Whether the disk has room for a training, looked at before it begins: hours later it would be too late."""

import math
import shutil
from pathlib import Path

from tts.gpt_sovits.config import Version
from voice.studio.base_weights import base_weights
from voice.studio.refused import Refused
from voice.studio.training_configs import SAVE_EVERY_S1, SAVE_EVERY_S2

CHECKPOINTS = 3
"""Two that are kept and one that is being written."""
STATE_OF_A_WEIGHT = 6
"""Weights in float32 with two averages each, by their size in half precision."""
JUDGES = 1.0
"""Discriminators are about as large as the generator that they judge."""
SPARE_BYTES = 500 << 20


def bytes_needed(models_dir: Path, version: Version, epochs_s2: int, epochs_s1: int) -> int:
    """By the size of the base weights; only one half's checkpoints lie there at a time."""
    files = base_weights(models_dir, version)
    s2, s1 = (file.stat().st_size if file and file.is_file() else 0 for file in (files.sovits, files.gpt))
    checkpoints = CHECKPOINTS * STATE_OF_A_WEIGHT * max(s2 * (1 + JUDGES), s1)
    exports = s2 * math.ceil(epochs_s2 / SAVE_EVERY_S2) + s1 * math.ceil(epochs_s1 / SAVE_EVERY_S1)
    return int(checkpoints + exports)


def require_room(place: Path, needed: int) -> None:
    """Raises Refused."""
    free = shutil.disk_usage(place).free - SPARE_BYTES
    if needed <= free:
        return
    gb, has_gb = needed / 1e9, max(free, 0) / 1e9
    raise Refused(
        f"The training needs {gb:.1f} GB of disk, and {has_gb:.1f} GB are free: make room, or ask for fewer epochs.",
        f"训练需要 {gb:.1f} GB 磁盘空间，目前可用 {has_gb:.1f} GB：请清理磁盘，或减少训练轮数。",
    )
