"""HiFi-GAN's generator (Kong et al., 2020): latent frames to a waveform, whole or a window at a time."""

from math import ceil

from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.config import AcousticConfig

SLOPE = 0.1
LAST_SLOPE = 0.01
EDGE_KERNEL = 7


class Vocoder(nn.Module):
    def __init__(self, config: AcousticConfig):
        super().__init__()
        channels = config.upsample_initial_channel
        self.rates = config.upsample_rates
        self.reach_frames = reaches(config)
        """For each stage, the frames to either side that it and all later ones look at; the last is the whole."""
        self.conv_pre = nn.Conv1d(config.inter_channels, channels, EDGE_KERNEL, padding=EDGE_KERNEL // 2)
        self.cond = nn.Conv1d(config.gin_channels, channels, 1)
        self.ups = nn.ModuleList()
        self.resblocks = nn.ModuleList()
        for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            padding = (kernel - rate) // 2
            self.ups.append(nn.ConvTranspose1d(channels, channels // 2, kernel, rate, padding))
            channels //= 2
            for size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True):
                self.resblocks.append(ResidualBlock(channels, size, dilations))
        self.conv_post = nn.Conv1d(channels, 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2, bias=False)

    def forward(self, frames: Tensor, condition: Tensor, context: int = 0, outside: tuple[int, int] = (0, 0)) -> Tensor:
        """Sound of [batch, inter, frames] as [batch, samples], without that of the first `context` frames.

        condition: `cond` of the timbre. outside: how many frames at either end, all zero, are not part of the
        utterance; they fill windows up to a common length, and the result is as if they were not there.
        """
        before, after = outside
        blocks_each = len(self.resblocks) // len(self.ups)
        rate = 1
        x = self.conv_pre(frames) + condition
        for stage, upsample in enumerate(self.ups):
            x = upsample(activated(x, (before * rate, after * rate)))
            rate *= self.rates[stage]
            edges = (before * rate, after * rate)
            blocks = self.resblocks[stage * blocks_each : (stage + 1) * blocks_each]
            x = sum_of(block(x, edges) for block in blocks) / blocks_each
            # The early stages look far, and cost little; the later ones the other way round.
            spare = max(context - self.reach_frames[stage + 1], 0)
            x = x[..., spare * rate :]
            context, before = context - spare, max(before - spare, 0)
        x = self.conv_post(activated(x, (before * rate, after * rate), LAST_SLOPE))
        return functional.tanh(x)[:, 0, context * rate :]


class ResidualBlock(nn.Module):
    def __init__(self, channels: int, kernel_size: int, dilations: tuple[int, ...]):
        super().__init__()
        self.convs1 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel_size, padding=dilation * (kernel_size // 2), dilation=dilation)
            for dilation in dilations
        )
        self.convs2 = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel_size, padding=kernel_size // 2) for _ in dilations
        )

    def forward(self, x: Tensor, edges: tuple[int, int]) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            x = x + plain(activated(dilated(activated(x, edges)), edges))
        return x


def activated(x: Tensor, edges: tuple[int, int], slope: float = SLOPE) -> Tensor:
    """What a convolution takes: beyond the utterance's edges zeros, as its own padding would be."""
    x = functional.leaky_relu(x, slope)
    first, last = edges
    if first:
        x[..., :first] = 0
    if last:
        x[..., -last:] = 0
    return x


def reaches(config: AcousticConfig) -> tuple[int, ...]:
    """Frames to either side that have an influence: on the whole at first, then on what is left after each stage."""
    stages = []
    rate = 1
    for up, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
        transposed = ceil(((kernel + up) // 2) / up) / rate
        rate *= up
        widest = max(
            (size // 2) * (sum(dilations) + len(dilations))
            for size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True)
        )
        stages.append(transposed + widest / rate)
    last = (EDGE_KERNEL // 2) / rate
    left = [ceil(sum(stages[index:]) + last) for index in range(len(stages))]
    return (ceil(sum(stages) + last + EDGE_KERNEL // 2), *left[1:], ceil(last))


def sum_of(parts) -> Tensor:
    """The sum of an iterable of tensors, in place in the first."""
    parts = iter(parts)
    total = next(parts)
    for part in parts:
        total = total.add_(part)
    return total
