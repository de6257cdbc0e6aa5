"""The sizes of a HuBERT, and the two of its parts that are more than products."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.features.building import Builder
from tts.gpt_sovits.features.encoder import LayerSizes
from tts.gpt_sovits.features.weights import Fault, expect, size_of

GROUP_NORM_EPSILON = 1e-5


@dataclass(frozen=True)
class HubertSizes:
    """As config.json has them."""

    channels: tuple[int, ...]
    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    position_kernel: int
    position_groups: int
    layers: int
    layer: LayerSizes

    @property
    def shortest(self) -> int:
        """Samples that make one frame."""
        return self.samples(1)

    def samples(self, frames: int) -> int:
        """The least that make so many frames."""
        for kernel, stride in zip(reversed(self.kernels), reversed(self.strides), strict=True):
            frames = (frames - 1) * stride + kernel
        return frames

    def frames(self, samples: int) -> int:
        return (samples - self.shortest) // math.prod(self.strides) + 1

    @staticmethod
    def of(config: Mapping[str, Any]) -> "HubertSizes":
        """Raises Fault where the configuration is damaged or describes another kind of HuBERT."""
        expect(config, model_type="hubert", do_stable_layer_norm=False, feat_extract_norm="group", conv_bias=False)
        expect(config, feat_extract_activation="gelu", hidden_act="gelu", feat_proj_layer_norm=True)
        expect(config, conv_pos_batch_norm=False)
        lists = [_sizes(config, name) for name in ("conv_dim", "conv_kernel", "conv_stride")]
        if len({len(sizes) for sizes in lists}) != 1:
            raise Fault("the lists in its config.json differ in length", "config.json 中各列表长度不一致")
        groups = size_of(config, "num_conv_pos_embedding_groups")
        if size_of(config, "hidden_size") % groups:
            raise Fault(f"its features cannot be parted into {groups} groups", f"特征维数无法分为 {groups} 组")
        return HubertSizes(
            *lists,
            position_kernel=size_of(config, "num_conv_pos_embeddings"),
            position_groups=groups,
            layers=size_of(config, "num_hidden_layers"),
            layer=LayerSizes.of(config),
        )


def _sizes(config: Mapping[str, Any], name: str) -> tuple[int, ...]:
    values = config.get(name)
    if not isinstance(values, list) or not 0 < len(values) <= 32:
        raise Fault(f"its config.json says {name} = {values!r}", f"config.json 中 {name} = {values!r}")
    return tuple(size_of({name: value}, name) for value in values)


class FirstConv(nn.Module):
    """The convolution over the samples and the norm of each of its channels over all time, as one product.

    Mean and variance of a channel follow from those of its ten inputs, so the unnormalised signal, 7 MB per second, is
    never made. In float32: eight bits are too few for samples.
    """

    def __init__(self, sizes: HubertSizes, build: Builder):
        super().__init__()
        self.kernel, self.stride = sizes.kernels[0], sizes.strides[0]
        self.dtype = build.placement.dtype
        name, channels = "feature_extractor.conv_layers.0", sizes.channels[0]
        self.weight = nn.Parameter(build.copied(f"{name}.conv.weight", channels, 1, self.kernel)[:, 0], False)
        self.factor = nn.Parameter(build.copied(f"{name}.layer_norm.weight", channels), False)
        self.shift = nn.Parameter(build.copied(f"{name}.layer_norm.bias", channels), False)

    def forward(self, samples: Tensor, length: int) -> Tensor:
        """[n] to [frames, channels], as many frames as `length` samples would have; the others are silence."""
        windows = samples.unfold(0, self.kernel, self.stride)
        weight = self.weight.double()
        mean = windows.mean(0, dtype=torch.float64)
        centred = windows - mean
        variance = ((weight @ (centred.T @ centred / len(windows))) * weight).sum(1)
        factor = self.factor / (variance + GROUP_NORM_EPSILON).sqrt()
        shift = self.shift - factor * (weight @ mean)
        longer = functional.pad(samples, (0, length - len(samples))).unfold(0, self.kernel, self.stride)
        x = functional.linear(longer, (weight * factor[:, None]).float(), shift.float())
        return functional.gelu(x.to(self.dtype))


class Positions(nn.Module):
    """Where a frame is, told by its surroundings: a long convolution in groups."""

    def __init__(self, sizes: HubertSizes, build: Builder):
        super().__init__()
        name, kernel, hidden = "encoder.pos_conv_embed.conv", sizes.position_kernel, sizes.layer.hidden
        length = build.copied(f"{name}.weight_g", 1, 1, kernel)
        direction = build.copied(f"{name}.weight_v", hidden, hidden // sizes.position_groups, kernel)
        weight = direction * (length / direction.norm(dim=(0, 1), keepdim=True))
        self.weight = nn.Parameter(weight.to(build.placement.dtype), False)
        self.bias = nn.Parameter(build.copied(f"{name}.bias", hidden).to(build.placement.dtype), False)
        self.groups, self.padding = sizes.position_groups, kernel // 2

    def forward(self, x: Tensor) -> Tensor:
        """[time, hidden] to the same."""
        signal = x.T[None].to(self.weight.dtype)
        found = functional.conv1d(signal, self.weight, self.bias, padding=self.padding, groups=self.groups)
        return functional.gelu(found[0].T[: len(x)])
