"""Semantic tokens: which of the encoder's features count as the same (k-means)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.sovits_clips import read_features

ROUNDS = 20
MOST_PAIRS = 60_000
FAR = 100.0
"""In every direction; the features lie within 10 of nothing."""


def pairs_of(names: Sequence[str], folder: FeatureFolder, config: AcousticConfig) -> Tensor:
    """Two frames each as their mean, [pairs, 768], which is what the projection below makes of them."""
    found = []
    for name in names:
        features = read_features(folder.features(name), config)
        whole = features[:, : features.shape[1] // 2 * 2]
        found.append(whole.unflatten(1, (-1, 2)).mean(2).T)
    return torch.cat(found)


def centres(pairs: Tensor, count: int, device: torch.device) -> Tensor:
    """[count, features], at most as many as there are different pairs."""
    source = torch.Generator().manual_seed(3)
    points = pairs[torch.randperm(len(pairs), generator=source)[:MOST_PAIRS]].to(device)
    found = seeds(points, count, source)
    for _ in range(ROUNDS):
        nearest = torch.cat([torch.cdist(part, found).argmin(1) for part in points.split(8192)])
        counts = torch.bincount(nearest, minlength=len(found)).clamp_min(1)
        sums = torch.zeros_like(found).index_add_(0, nearest, points)
        is_met = torch.bincount(nearest, minlength=len(found)) > 0
        found = torch.where(is_met[:, None], sums / counts[:, None], found)
    return found.cpu()


def seeds(points: Tensor, count: int, source: torch.Generator) -> Tensor:
    """Points that lie apart, each drawn the rather the further it is from those before it (k-means++)."""
    found = [points[0]]
    far = (points - points[0]).square().sum(1)
    for _ in range(count - 1):
        drawn = torch.rand((), generator=source).item() * far.sum()
        place = torch.searchsorted(far.cumsum(0), drawn).clamp(max=len(points) - 1)
        found.append(points[place])
        far = torch.minimum(far, (points - found[-1]).square().sum(1))
    return torch.stack(found)


def codebook(found: Tensor, size: int) -> Tensor:
    """[size, features]: the centres, and behind them entries that are never the nearest."""
    rest = torch.full((size - len(found), found.shape[1]), FAR)
    return torch.cat([found, rest])


def projection(width: int) -> tuple[Tensor, Tensor]:
    """Weight and bias of the layer before the codebook: the mean of two frames."""
    return torch.eye(width)[:, :, None].repeat(1, 1, 2) / 2, torch.zeros(width)
