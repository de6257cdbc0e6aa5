"""What ERes2NetV2 is made of. Signals are [height, width, channels], so that single points are rows of products."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.features.linear import Linear, Placement

CEILING = 20.0
CEILING_BITS = 0x41A0
"""The same as a bfloat16."""


class Conv(nn.Module):
    """A 3x3 convolution at stride 1 of a signal [height, width, channels]."""

    def __init__(self, weight: Tensor, bias: Tensor, placement: Placement):
        super().__init__()
        weight = weight.to(placement.device, placement.dtype, memory_format=torch.channels_last)
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias.to(placement.device, placement.dtype), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        x = x.to(self.weight.dtype).permute(2, 0, 1)[None]  # in memory, channels stay last
        return functional.conv2d(x, self.weight, self.bias, padding=1)[0].permute(1, 2, 0)


class Down(nn.Module):
    """A 3x3 convolution that halves height and width, as a product: oneDNN's own takes three times as long."""

    def __init__(self, product: Linear):
        super().__init__()
        self.product = product

    def forward(self, x: Tensor) -> Tensor:
        channels = x.shape[-1]
        x = functional.pad(x, (0, 0, 1, 1, 1, 1))
        windows = x.unfold(0, 3, 2).unfold(1, 3, 2).permute(0, 1, 3, 4, 2)  # [height, width, 3, 3, channels]
        height, width = windows.shape[:2]
        return self.product(windows.reshape(height * width, 9 * channels)).view(height, width, -1)


class Fusion(nn.Module):
    """Attention that decides at each point how much of two signals goes on."""

    def __init__(self, inner: Linear, outer: Linear):
        super().__init__()
        self.inner = inner
        self.outer = outer

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        both = torch.cat([x, y], -1)
        share = self.outer(self.inner(both.flatten(0, 1))).view(x.shape)
        return share.mul_(x - y).add_(x).add_(y)


class Block(nn.Module):
    """Channels in groups, each of which hears the one before."""

    def __init__(self, first: Linear, convs: Sequence[Conv], fusions: Sequence[Fusion], last: Linear):
        super().__init__()
        self.first = first
        self.convs = nn.ModuleList(convs)
        self.fusions = nn.ModuleList(fusions)
        self.last = last

    def forward(self, x: Tensor, time: int, plus: Tensor | None = None) -> Tensor:
        """x: [height, width, channels], of whose width only `time` counts.

        plus: what the block's findings are added to, x itself where it is None.
        """
        split = silenced(_bounded(_on_points(self.first, x)), time)
        heard: list[Tensor] = []
        for i, (conv, part) in enumerate(zip(self.convs, split.chunk(len(self.convs), -1), strict=True)):
            group = part.contiguous()  # sums of single channels out of many would be several times slower
            if i and self.fusions:
                group = self.fusions[i - 1](heard[-1], group)
            elif i:
                group = group.add_(heard[-1])
            heard.append(silenced(_bounded(conv(group)), time))
        return _bounded(_on_points(self.last, torch.cat(heard, -1), x if plus is None else plus))


class Entry(nn.Module):
    """The first block of a layer, which may leave out every second point and changes the number of channels."""

    def __init__(self, block: Block, shortcut: Linear, stride: int):
        super().__init__()
        self.block = block
        self.shortcut = shortcut
        self.stride = stride

    def forward(self, x: Tensor, time: int) -> Tensor:
        """time: how much of the width counts afterwards."""
        x = x[:: self.stride, :: self.stride].contiguous()
        return self.block(x, time, _on_points(self.shortcut, x))


class Layer(nn.Module):
    """Blocks of one width."""

    def __init__(self, entry: Entry, blocks: Sequence[Block]):
        super().__init__()
        self.entry = entry
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor, time: int) -> Tensor:
        x = self.entry(x, time)
        for block in self.blocks:
            x = block(x, time)
        return x


def _on_points(product: Linear, x: Tensor, plus: Tensor | None = None) -> Tensor:
    return product(x.flatten(0, 1), plus if plus is None else plus.flatten(0, 1)).view(*x.shape[:2], -1)


def silenced(x: Tensor, time: int) -> Tensor:
    """With zeros behind `time`, as a convolution sees what lies behind the end; in place."""
    x[:, time:] = 0
    return x


def _bounded(x: Tensor) -> Tensor:
    """Between 0 and 20, in place."""
    if x.dtype == torch.bfloat16:  # read as whole numbers, they keep their order and are ten times as fast
        x.view(torch.int16).clamp_(0, CEILING_BITS)
        return x
    return x.clamp_(0, CEILING)
