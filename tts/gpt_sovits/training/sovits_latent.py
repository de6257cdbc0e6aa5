"""What training does with spectrograms: the posterior encoder, and the flow from its frames to those of the prior."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.flow import COUPLINGS, KERNEL_SIZE, LAYERS_EACH
from tts.gpt_sovits.config import AcousticConfig

POSTERIOR_LAYERS = 16


class MaskedGates(nn.Module):
    """WaveNet's stack of gated convolutions (van den Oord et al., 2016), of any depth, with masks."""

    def __init__(self, channels: int, timbre_channels: int, layer_count: int):
        super().__init__()
        self.cond_layer = nn.Conv1d(timbre_channels, 2 * channels * layer_count, 1)
        self.in_layers = nn.ModuleList(
            nn.Conv1d(channels, 2 * channels, KERNEL_SIZE, padding=KERNEL_SIZE // 2) for _ in range(layer_count)
        )
        self.res_skip_layers = nn.ModuleList(
            nn.Conv1d(channels, channels if layer == layer_count - 1 else 2 * channels, 1)
            for layer in range(layer_count)
        )

    def forward(self, x: Tensor, mask: Tensor, timbre: Tensor) -> Tensor:
        skipped = torch.zeros_like(x)
        conditions = self.cond_layer(timbre).chunk(len(self.in_layers), dim=1)
        for convolve, split, added in zip(self.in_layers, self.res_skip_layers, conditions, strict=True):
            wave, gate = (convolve(x) + added).chunk(2, dim=1)
            both = split(torch.tanh(wave) * torch.sigmoid(gate))
            if both.shape[1] == x.shape[1]:
                skipped = skipped + both
            else:
                rest, skip = both.chunk(2, dim=1)
                x, skipped = (x + rest) * mask, skipped + skip
        return skipped * mask


class PosteriorEncoder(nn.Module):
    """Latent frames of a spectrogram; only training has them, and exports leave this part out."""

    def __init__(self, config: AcousticConfig):
        super().__init__()
        bins = config.filter_length // 2 + 1
        self.pre = nn.Conv1d(bins, config.hidden_channels, 1)
        self.enc = MaskedGates(config.hidden_channels, config.gin_channels, POSTERIOR_LAYERS)
        self.proj = nn.Conv1d(config.hidden_channels, 2 * config.inter_channels, 1)

    def forward(self, spectrogram: Tensor, mask: Tensor, timbre: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the deviation, both [batch, inter, frames]; no gradient goes into the timbre."""
        frames = self.enc(self.pre(spectrogram) * mask, mask, timbre.detach())
        mean, log_deviation = (self.proj(frames) * mask).chunk(2, dim=1)
        return mean, log_deviation


class TrainingFlow(nn.Module):
    """The parameters of `acoustic.flow.Flow`, run forwards."""

    def __init__(self, config: AcousticConfig):
        super().__init__()
        sizes = (config.inter_channels, config.hidden_channels, config.gin_channels)
        self.couplings = nn.ModuleList(TrainingCoupling(*sizes) for _ in range(COUPLINGS))

    def forward(self, frames: Tensor, mask: Tensor, timbre: Tensor) -> Tensor:
        for coupling in self.couplings:
            frames = coupling(frames, mask, timbre).flip(1)
        return frames

    def gates(self) -> "list[MaskedGates]":
        return [cast("TrainingCoupling", coupling).enc for coupling in self.couplings]


class TrainingCoupling(nn.Module):
    def __init__(self, channels: int, hidden_channels: int, timbre_channels: int):
        super().__init__()
        self.pre = nn.Conv1d(channels // 2, hidden_channels, 1)
        self.enc = MaskedGates(hidden_channels, timbre_channels, LAYERS_EACH)
        self.post = nn.Conv1d(hidden_channels, channels // 2, 1)

    def forward(self, frames: Tensor, mask: Tensor, timbre: Tensor) -> Tensor:
        kept, shifted = frames.chunk(2, dim=1)
        shift = self.post(self.enc(self.pre(kept) * mask, mask, timbre))
        return torch.cat([kept, (shifted + shift) * mask], dim=1)


def slices(x: Tensor, starts: Tensor, width: int) -> Tensor:
    """[batch, channels, time] to [batch, channels, width], each row from its own start; zeros beyond the end."""
    x = functional.pad(x, (0, width))
    places = starts[:, None] + torch.arange(width, device=x.device)
    return x.gather(2, places[:, None].expand(-1, x.shape[1], -1))
