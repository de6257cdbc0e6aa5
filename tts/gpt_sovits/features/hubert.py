"""HuBERT, whose features the acoustic model turns into the semantic tokens of a reference."""

from pathlib import Path

import torch
from torch import Tensor, nn

from tts.gpt_sovits.features.building import Builder
from tts.gpt_sovits.features.encoder import LayerNames
from tts.gpt_sovits.features.hubert_parts import FirstConv, HubertSizes, Positions
from tts.gpt_sovits.features.linear import Linear, Placement
from tts.gpt_sovits.features.memory import trim
from tts.gpt_sovits.features.weights import read_config, read_folder, refusing

FRAMES_AT_ONCE = 32
"""A clip is made longer by up to as many, which changes nothing, so that not every length is compiled for."""


class Hubert(nn.Module):
    """The last hidden states of a HuBERT whose norms come after the sums."""

    def __init__(self, sizes: HubertSizes, build: Builder):
        super().__init__()
        self.sizes = sizes
        self.placement = build.placement
        hidden, channels, epsilon = sizes.layer.hidden, sizes.channels, sizes.layer.epsilon
        self.first = FirstConv(sizes, build)
        self.convs = nn.ModuleList(_conv(i, sizes, build) for i in range(1, len(channels)))
        self.feature_norm = build.norm("feature_projection.layer_norm", channels[-1], epsilon)
        self.project = build.linear("feature_projection.projection", channels[-1], hidden)
        self.position = Positions(sizes, build)
        self.norm = build.norm("encoder.layer_norm", hidden, epsilon)
        self.layers = nn.ModuleList(
            build.layer(_layer_names(f"encoder.layers.{i}"), sizes.layer) for i in range(sizes.layers)
        )

    @torch.no_grad()
    def forward(self, samples: Tensor) -> Tensor:
        """[1, n] of 16 kHz to float32 [1, frames, hidden], one per 320 samples; ValueError for less than one frame."""
        if samples.shape[0] != 1 or samples.shape[1] < self.sizes.shortest:
            raise ValueError(
                f"HuBERT takes one clip of {self.sizes.shortest} samples or more, not {tuple(samples.shape)}"
            )
        time = self.sizes.frames(samples.shape[1])
        rows = self.placement.rounded(time, FRAMES_AT_ONCE)
        x = self.first(samples[0].float(), self.sizes.samples(rows))
        for conv, kernel, stride in zip(self.convs, self.sizes.kernels[1:], self.sizes.strides[1:], strict=True):
            x = conv(_windows(x, kernel, stride))
        x = self.project(self.feature_norm(x)).float()
        x[time:] = 0
        x = self.norm(x + self.position(x))
        for layer in self.layers:
            x = layer(x, time)
        return x[None, :time]


def _windows(x: Tensor, kernel: int, stride: int) -> Tensor:
    """[time, channels] to [frames, kernel * channels] without copying: a convolution is a product over these."""
    frames, channels = (len(x) - kernel) // stride + 1, x.shape[1]
    return x.as_strided((frames, kernel * channels), (stride * channels, 1))


def load_hubert(folder: Path, *, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> Hubert:
    """From a directory like chinese-hubert-base; raises FeatureModelRefused. dtype: of the large products."""
    with refusing("HuBERT", folder):
        sizes = HubertSizes.of(read_config(folder))
        weights = read_folder(folder).renamed(_own_name)
        network = Hubert(sizes, Builder(weights, Placement(torch.device(device), dtype)))
    trim()
    return network


def _own_name(name: str) -> str:
    """Without the prefix of models with a head, and the weight norm as older versions of PyTorch call it."""
    name = name.removeprefix("hubert.").replace(".parametrizations.weight.original0", ".weight_g")
    return name.replace(".parametrizations.weight.original1", ".weight_v")


def _conv(i: int, sizes: HubertSizes, build: Builder) -> Linear:
    kernel, inputs, outputs = sizes.kernels[i], sizes.channels[i - 1], sizes.channels[i]
    weight = build.weights.take(f"feature_extractor.conv_layers.{i}.conv.weight", outputs, inputs, kernel)
    return Linear(weight.transpose(1, 2).flatten(1), None, build.placement, "gelu")


def _layer_names(layer: str) -> LayerNames:
    attention, feed = f"{layer}.attention", f"{layer}.feed_forward"
    return LayerNames(
        query=f"{attention}.q_proj",
        key=f"{attention}.k_proj",
        value=f"{attention}.v_proj",
        output=f"{attention}.out_proj",
        attention_norm=f"{layer}.layer_norm",
        widen=f"{feed}.intermediate_dense",
        narrow=f"{feed}.output_dense",
        norm=f"{layer}.final_layer_norm",
    )
