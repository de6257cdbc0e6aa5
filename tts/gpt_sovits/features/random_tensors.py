"""Random tensors for given shapes, made in seconds even where there are 325 million numbers."""

import math

import torch
from torch import Tensor

POOL = 4_194_301
"""Normal numbers drawn once and used again and again; a prime, so that no two rows of a matrix are alike."""


def filled(shapes: dict[str, tuple[int, ...]], dtype: torch.dtype, seed: int, is_shared: bool) -> dict[str, Tensor]:
    """Tensors of these shapes, scaled so that signals neither die nor explode on their way through.

    is_shared: the layers of a transformer are one and the same tensors, which makes the file several times smaller.
    """
    random = torch.Generator().manual_seed(seed)
    pool = torch.empty(POOL).normal_(generator=random)
    made: dict[str, Tensor] = {}
    for name, shape in shapes.items():
        first = _in_first_layer(name) if is_shared else name
        if first not in made:
            made[first] = _tensor(name, shape, pool, random, dtype)
        made[name] = made[first]
    return made


def _in_first_layer(name: str) -> str:
    return ".".join("0" if part.isdigit() and "encoder.layer" in name else part for part in name.split("."))


def _tensor(name: str, shape: tuple[int, ...], pool: Tensor, random: torch.Generator, dtype: torch.dtype) -> Tensor:
    if name.endswith("num_batches_tracked"):
        return torch.tensor(1000)
    noise = _noise(math.prod(shape), pool, random)
    if name.endswith("running_var"):
        noise.abs_().mul_(0.5).add_(0.5)
    elif name.endswith("original0"):
        noise.abs_().mul_(0.1).add_(1.0)
    elif len(shape) == 1:
        noise.mul_(0.1).add_(1.0 if name.endswith("weight") else 0.0)
    else:
        noise.mul_(0.02 if "embeddings" in name else 1 / math.sqrt(math.prod(shape[1:])))
    return noise.view(shape).to(dtype)


def _noise(count: int, pool: Tensor, random: torch.Generator) -> Tensor:
    start = int(torch.randint(len(pool), (1,), generator=random))
    noise = torch.empty(count)
    filled = 0
    while filled < count:
        part = pool[start : start + count - filled]
        noise[filled : filled + len(part)] = part
        filled, start = filled + len(part), 0
    return noise
