"""Writes discriminators with RANDOM weights in upstream's file (s2D): for tests and benchmarks, they judge nothing."""

from pathlib import Path

import torch

from tts.gpt_sovits.base_models import BASE_MODELS
from tts.gpt_sovits.config import Version
from tts.gpt_sovits.random_weights import INFO, Size
from tts.gpt_sovits.training.discriminators import Discriminators, periods_of

TINY_NARROWING = 64
_LENGTH, _DIRECTION = ".parametrizations.weight.original0", ".parametrizations.weight.original1"


def write_discriminators(folder: Path, version: Version, size: Size, seed: int) -> None:
    """Below the folder of pretrained models, beside the generator of this version."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        judges = Discriminators(periods_of(version), TINY_NARROWING if size == "tiny" else 1)
    weights = {
        name.replace(_LENGTH, ".weight_g").replace(_DIRECTION, ".weight_v"): tensor.half()
        for name, tensor in judges.state_dict().items()
    }
    path = folder / BASE_MODELS[version].discriminator
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"weight": weights, "config": {}, "info": INFO}, path)
