"""The vocoder for a processor with units for bfloat16: channels lie side by side, and steps between convolutions are
done by them. Two to three times as fast as the plain one, whose every convolution turns its input round first.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.vocoder import LAST_SLOPE, SLOPE, ResidualBlock, Vocoder

TYPICAL_TIME = 1000
"""oneDNN lays weights out for an input of some length; told none, it lays them out in a way that it never uses."""
OPERATORS = ("_reorder_convolution_weight", "_convolution_pointwise")


def can_pack() -> bool:
    """oneDNN's fused operators are not public, so they are looked for."""
    return torch.backends.mkldnn.is_available() and all(hasattr(torch.ops.mkldnn, name) for name in OPERATORS)


class PackedVocoder(nn.Module):
    """Computes what the vocoder does that it is made from, within bfloat16's precision."""

    def __init__(self, vocoder: Vocoder):
        super().__init__()
        self.rates = vocoder.rates
        self.reach_frames = vocoder.reach_frames
        self.cond = vocoder.cond.bfloat16()
        self.conv_pre = Convolution(vocoder.conv_pre)
        self.ups = [Upsampling(conv) for conv in vocoder.ups]
        self.blocks = [PackedBlock(block) for block in vocoder.resblocks if isinstance(block, ResidualBlock)]
        self.conv_post = Convolution(vocoder.conv_post)

    def forward(self, frames: Tensor, condition: Tensor, context: int = 0, outside: tuple[int, int] = (0, 0)) -> Tensor:
        """As Vocoder has it; takes and gives one utterance, batch 1."""
        before, after = outside
        blocks_each = len(self.blocks) // len(self.ups)
        rate = 1
        x = channels_last(frames)  # [1, channels, 1, time]
        x = self.conv_pre(x) + condition.unsqueeze(2)
        for stage, upsample in enumerate(self.ups):
            x = upsample(cleared(functional.leaky_relu(x, SLOPE), before * rate, after * rate))
            rate *= self.rates[stage]
            blocks = self.blocks[stage * blocks_each : (stage + 1) * blocks_each]
            total = None
            for block in blocks:
                y = block(x, before * rate, after * rate)
                total = y if total is None else total.add_(y)
            assert total is not None
            spare = max(context - self.reach_frames[stage + 1], 0)
            x = total.div_(blocks_each)[..., spare * rate :]
            context, before = context - spare, max(before - spare, 0)
        x = self.conv_post(cleared(functional.leaky_relu(x, LAST_SLOPE), before * rate, after * rate))
        return torch.tanh(x)[:, 0, 0, context * rate :]


class PackedBlock:
    def __init__(self, block: ResidualBlock):
        self.pairs = [
            (Convolution(dilated, slope=SLOPE), Convolution(plain))
            for dilated, plain in zip(block.convs1, block.convs2, strict=True)
        ]

    def __call__(self, x: Tensor, before: int, after: int) -> Tensor:
        for dilated, plain in self.pairs:
            y = dilated(cleared(functional.leaky_relu(x, SLOPE), before, after))
            x = plain(cleared(y, before, after), plus=x)
        return x


class Convolution:
    """Over time, with stride 1; slope: of the leaky rectifier that follows it."""

    def __init__(self, conv: nn.Module, slope: float | None = None):
        assert isinstance(conv, nn.Conv1d)
        self.place: tuple[Any, ...] = ([0, *conv.padding], [1, 1], [1, *conv.dilation], 1)
        weight = channels_last(conv.weight.detach().bfloat16())
        shape = [1, weight.shape[1], 1, TYPICAL_TIME]
        self.weight = torch.ops.mkldnn._reorder_convolution_weight(weight, *self.place, shape)
        self.bias = None if conv.bias is None else conv.bias.detach().bfloat16()
        self.after = ("none", [], "") if slope is None else ("leaky_relu", [slope], "")

    def __call__(self, x: Tensor, plus: Tensor | None = None) -> Tensor:
        if plus is None:
            return torch.ops.mkldnn._convolution_pointwise(x, self.weight, self.bias, *self.place, *self.after)
        return torch.ops.mkldnn._convolution_pointwise.binary(
            x, plus, self.weight, self.bias, *self.place, "add", 1.0, None, [], None
        )


class Upsampling:
    def __init__(self, conv: nn.Module):
        assert isinstance(conv, nn.ConvTranspose1d)
        self.weight = channels_last(conv.weight.detach().bfloat16())
        self.bias = None if conv.bias is None else conv.bias.detach().bfloat16()
        self.stride, self.padding = (1, conv.stride[0]), (0, int(conv.padding[0]))

    def __call__(self, x: Tensor) -> Tensor:
        return functional.conv_transpose2d(x, self.weight, self.bias, self.stride, self.padding)


def channels_last(x: Tensor) -> Tensor:
    """[a, channels, time] as [a, channels, 1, time] with channels side by side."""
    return x.unsqueeze(2).contiguous(memory_format=torch.channels_last)


def cleared(x: Tensor, before: int, after: int) -> Tensor:
    """Zero, in place, what lies outside of the utterance."""
    if before:
        x[..., :before] = 0
    if after:
        x[..., -after:] = 0
    return x
