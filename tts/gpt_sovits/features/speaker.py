"""ERes2NetV2, the network that tells the speakers of v2Pro and v2ProPlus apart."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.features.linear import Activation, Linear, Placement
from tts.gpt_sovits.features.memory import trim
from tts.gpt_sovits.features.speaker_parts import Block, Conv, Down, Entry, Fusion, Layer, silenced
from tts.gpt_sovits.features.weights import Fault, Weights, read_file, refusing

NORM_EPSILON = 1e-5
LAYERS = 4
FRAMES_AT_ONCE = 64
"""A clip is made longer by up to as many, which changes nothing, so that not every length is compiled for."""
FUSED_FROM = 3
"""From this layer on, the groups of a block are joined by attention rather than by a sum."""


class SpeakerNetwork(nn.Module):
    """From filter banks to what is characteristic of a voice."""

    def __init__(self, stem: Conv, layers: Sequence[Layer], down: Down, fusion: Fusion, placement: Placement):
        super().__init__()
        self.stem = stem
        self.layers = nn.ModuleList(layers)
        self.placement = placement
        self.down = down
        self.fusion = fusion

    @torch.no_grad()
    def forward(self, features: Tensor) -> Tensor:
        """Filter banks [1, frames, 80] to float32 [1, 20480], the mean over time of what comes before pooling.

        Raises ValueError without any frame.
        """
        if features.shape[0] != 1 or features.shape[1] < 1:
            raise ValueError(f"the speaker network takes one clip of at least one frame, not {tuple(features.shape)}")
        time = features.shape[1]
        width = self.placement.rounded(time, FRAMES_AT_ONCE)
        x = self.stem(functional.pad(features[0].T.float(), (0, width - time))[:, :, None]).relu_()
        third = x
        for i, layer in enumerate(self.layers):
            third, x = x, layer(x, -(-time // (1 << i)))
        x = self.fusion(x, self.down(silenced(third, -(-time // 4))))
        return x[:, : -(-time // 8)].mean(1, dtype=torch.float32).T.flatten()[None]


def load_speaker(
    file: Path, *, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32
) -> SpeakerNetwork:
    """From the bare state dict that upstream has as pretrained_eres2netv2w24s4ep4.ckpt; raises FeatureModelRefused.

    How many blocks there are and how wide follows from the tensors.
    """
    with refusing("speaker", file):
        network = _Reader(read_file(file), Placement(torch.device(device), dtype)).network()
    trim()
    return network


class _Reader:
    """Builds the parts from the tensors of a checkpoint; each checks that its input is what came before."""

    def __init__(self, weights: Weights, placement: Placement):
        self.weights = weights
        self.placement = placement
        self.exact = Placement(placement.device, torch.float32)

    def network(self) -> SpeakerNetwork:
        # In float32 always: filter banks are spread so widely that eight bits would lose the quiet ones.
        weight, bias = self.folded("conv1", "bn1", 1, 3)
        stem, inputs = Conv(weight, bias, self.exact), len(bias)
        layers: list[Layer] = []
        widths = [inputs]
        for number in range(1, LAYERS + 1):
            layer, width = self.layer(number, widths[-1])
            layers.append(layer)
            widths.append(width)
        down, fusion = self.down(widths[-2], widths[-1]), self.fusion("fuse34", widths[-1])
        return SpeakerNetwork(stem, layers, down, fusion, self.placement)

    def layer(self, number: int, inputs: int) -> tuple[Layer, int]:
        """And the channels that come out of it."""
        first = f"layer{number}.0"
        outputs = self.weights.outputs(f"{first}.conv3.weight")
        shortcut = self.point(f"{first}.shortcut.0", f"{first}.shortcut.1", inputs, outputs)
        entry = Entry(self.block(first, inputs, outputs, number), shortcut, stride=1 if number == 1 else 2)
        blocks: list[Block] = []
        while (name := f"layer{number}.{len(blocks) + 1}") + ".conv1.weight" in self.weights:
            blocks.append(self.block(name, outputs, outputs, number))
        return Layer(entry, blocks), outputs

    def block(self, name: str, inputs: int, outputs: int, number: int) -> Block:
        width = self.weights.outputs(f"{name}.convs.0.weight")
        count = 1
        while f"{name}.convs.{count}.weight" in self.weights:
            count += 1
        fused = count - 1 if number >= FUSED_FROM else 0
        block = Block(
            self.point(f"{name}.conv1", f"{name}.bn1", inputs, count * width),
            [self.conv(f"{name}.convs.{i}", f"{name}.bns.{i}", width) for i in range(count)],
            [self.fusion(f"{name}.fuse_models.{i}", width) for i in range(fused)],
            self.point(f"{name}.conv3", f"{name}.bn3", count * width, outputs),
        )
        self.weights.let_go()
        return block

    def fusion(self, name: str, channels: int) -> Fusion:
        inner = self.weights.outputs(f"{name}.local_att.0.weight")
        return Fusion(
            self.point(f"{name}.local_att.0", f"{name}.local_att.1", 2 * channels, inner, "silu"),
            self.point(f"{name}.local_att.3", f"{name}.local_att.4", inner, channels, "tanh"),
        )

    def down(self, inputs: int, outputs: int) -> Down:
        weight = self.weights.take("layer3_ds.weight", outputs, inputs, 3, 3)
        return Down(Linear(weight.permute(0, 2, 3, 1).flatten(1), None, self.placement))

    def point(self, name: str, norm: str, inputs: int, outputs: int, activation: Activation = "none") -> Linear:
        """A convolution of single points, which is a product."""
        weight, bias = self.folded(name, norm, inputs, 1)
        if len(bias) != outputs:
            raise Fault(
                f"{name} gives {len(bias)} channels where {outputs} are needed", f"{name} 的输出应为 {outputs} 个通道"
            )
        return Linear(weight.flatten(1), bias, self.placement, activation)

    def conv(self, name: str, norm: str, width: int) -> Conv:
        weight, bias = self.folded(name, norm, width, 3)
        if len(bias) != width:
            raise Fault(
                f"{name} gives {len(bias)} channels where {width} are needed", f"{name} 的输出应为 {width} 个通道"
            )
        return Conv(weight, bias, self.placement)

    def folded(self, name: str, norm: str, inputs: int, kernel: int) -> tuple[Tensor, Tensor]:
        """Weight and bias in float64 with the norm behind them, which is a factor and a shift per channel."""
        outputs = self.weights.outputs(f"{name}.weight")
        weight = self.weights.take(f"{name}.weight", outputs, inputs, kernel, kernel)
        parts = ("weight", "bias", "running_mean", "running_var")
        factor, shift, mean, variance = (self.weights.take(f"{norm}.{part}", outputs).double() for part in parts)
        if f"{name}.bias" in self.weights:
            mean = mean - self.weights.take(f"{name}.bias", outputs)
        factor = factor / (variance + NORM_EPSILON).sqrt()
        return (weight * factor[:, None, None, None]), shift - factor * mean
