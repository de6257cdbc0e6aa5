"""The normalising flow of SoVITS, run backwards: from the prior's frames to the vocoder's."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.config import AcousticConfig

COUPLINGS = 4
LAYERS_EACH = 4
KERNEL_SIZE = 5
REACH_FRAMES = COUPLINGS * LAYERS_EACH * (KERNEL_SIZE // 2)
"""How many frames to either side of a frame have an influence on it."""


class Flow(nn.Module):
    def __init__(self, config: AcousticConfig):
        super().__init__()
        self.couplings = nn.ModuleList(
            Coupling(config.inter_channels, config.hidden_channels, config.gin_channels) for _ in range(COUPLINGS)
        )

    def conditions(self, timbre: Tensor) -> list[Tensor]:
        """What the timbre [batch, gin, 1] adds in each coupling; the same for everything one voice says."""
        return [coupling.enc.cond_layer(timbre) for coupling in self._in_order()]

    def backwards(self, frames: Tensor, conditions: list[Tensor]) -> Tensor:
        """frames: [batch, inter, frames]."""
        for coupling, condition in zip(reversed(self._in_order()), reversed(conditions), strict=True):
            frames = coupling.backwards(frames.flip(1), condition)
        return frames

    def _in_order(self) -> "list[Coupling]":
        return cast("list[Coupling]", list(self.couplings))


class Coupling(nn.Module):
    """Shifts one half of the channels by what the other half says."""

    def __init__(self, channels: int, hidden_channels: int, timbre_channels: int):
        super().__init__()
        self.pre = nn.Conv1d(channels // 2, hidden_channels, 1)
        self.enc = GatedConvolutions(hidden_channels, timbre_channels)
        self.post = nn.Conv1d(hidden_channels, channels // 2, 1)

    def backwards(self, frames: Tensor, condition: Tensor) -> Tensor:
        kept, shifted = frames.chunk(2, dim=1)
        return torch.cat([kept, shifted - self.post(self.enc(self.pre(kept), condition))], dim=1)


class GatedConvolutions(nn.Module):
    """WaveNet's stack of gated convolutions, without dilation (van den Oord et al., 2016)."""

    def __init__(self, channels: int, timbre_channels: int):
        super().__init__()
        self.cond_layer = nn.Conv1d(timbre_channels, 2 * channels * LAYERS_EACH, 1)
        self.in_layers = nn.ModuleList(
            nn.Conv1d(channels, 2 * channels, KERNEL_SIZE, padding=KERNEL_SIZE // 2) for _ in range(LAYERS_EACH)
        )
        last = LAYERS_EACH - 1
        self.res_skip_layers = nn.ModuleList(
            nn.Conv1d(channels, channels if layer == last else 2 * channels, 1) for layer in range(LAYERS_EACH)
        )

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        skipped = torch.zeros_like(x)
        layers = zip(self.in_layers, self.res_skip_layers, condition.chunk(LAYERS_EACH, dim=1), strict=True)
        for convolve, split, added in layers:
            wave, gate = (convolve(x) + added).chunk(2, dim=1)
            both = split(functional.tanh(wave) * functional.sigmoid(gate))
            if both.shape[1] == x.shape[1]:
                return skipped + both
            rest, skip = both.chunk(2, dim=1)
            x, skipped = x + rest, skipped + skip
        return skipped
