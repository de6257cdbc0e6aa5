"""A HuBERT that can learn, small, under the names that Hugging Face's HubertModel gives to its tensors."""

import json
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from tts.gpt_sovits.features.random_shapes import hubert_config

HEADS = 12
POSITIONS = 16


def config_of(channels: int, inner: int, layers: int) -> dict[str, Any]:
    """What config.json says; the rest is as in chinese-hubert-base."""
    sizes = {"conv_dim": [channels] * 7, "intermediate_size": inner, "num_hidden_layers": layers}
    return hubert_config("full") | sizes | {"num_conv_pos_embeddings": POSITIONS}


class HubertLearner(nn.Module):
    """config: as `config_of` gives it."""

    def __init__(self, config: dict[str, Any]):
        super().__init__()
        self.config = config
        channels, hidden, inner = (config[name] for name in ("conv_dim", "hidden_size", "intermediate_size"))
        layers = nn.ModuleList(
            Convolution(i, [1, *channels][i], channels[i], config["conv_kernel"][i], config["conv_stride"][i])
            for i in range(len(channels))
        )
        self.feature_extractor = nn.ModuleDict({"conv_layers": layers})
        self.feature_projection = nn.ModuleDict(
            {"layer_norm": nn.LayerNorm(channels[-1]), "projection": nn.Linear(channels[-1], hidden)}
        )
        position = nn.Conv1d(hidden, hidden, POSITIONS, padding=POSITIONS // 2, groups=16)
        self.encoder = nn.ModuleDict(
            {
                "pos_conv_embed": nn.ModuleDict({"conv": parametrizations.weight_norm(position, dim=2)}),
                "layer_norm": nn.LayerNorm(hidden),
                "layers": nn.ModuleList(Layer(hidden, inner) for _ in range(config["num_hidden_layers"])),
            }
        )
        self.masked_spec_embed = nn.Parameter(torch.zeros(hidden), requires_grad=False)

    def forward(self, samples: Tensor) -> Tensor:
        """[batch, samples at 16 kHz] to [batch, frames, 768]."""
        x = samples[:, None]
        for convolve in cast("nn.ModuleList", self.feature_extractor["conv_layers"]):
            x = convolve(x)
        x = self.feature_projection["projection"](self.feature_projection["layer_norm"](x.mT))
        convolve = cast("nn.ModuleDict", self.encoder["pos_conv_embed"])["conv"]
        position = functional.gelu(convolve(x.mT)[..., : x.shape[1]]).mT
        x = self.encoder["layer_norm"](x + position)
        for layer in cast("nn.ModuleList", self.encoder["layers"]):
            x = layer(x)
        return x

    def save(self, folder: Path) -> None:
        """A directory like chinese-hubert-base; it is complete when config.json is there."""
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in self.state_dict().items()}
        torch.save(weights, folder / "pytorch_model.bin")
        extractor = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1, "sampling_rate": 16000}
        extractor |= {"do_normalize": True, "padding_side": "right", "padding_value": 0}
        (folder / "preprocessor_config.json").write_text(json.dumps(extractor), "utf-8")
        (folder / "config.json").write_text(json.dumps(self.config, indent=2), "utf-8")


class Convolution(nn.Module):
    def __init__(self, number: int, inputs: int, outputs: int, kernel: int, stride: int):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, stride, bias=False)
        nn.init.kaiming_normal_(self.conv.weight)
        if not number:
            self.layer_norm = nn.GroupNorm(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return functional.gelu(self.layer_norm(x) if hasattr(self, "layer_norm") else x)


class Layer(nn.Module):
    def __init__(self, hidden: int, inner: int):
        super().__init__()
        names = ("k_proj", "v_proj", "q_proj", "out_proj")
        self.attention = nn.ModuleDict({name: nn.Linear(hidden, hidden) for name in names})
        self.layer_norm = nn.LayerNorm(hidden)
        self.feed_forward = nn.ModuleDict(
            {"intermediate_dense": nn.Linear(hidden, inner), "output_dense": nn.Linear(inner, hidden)}
        )
        self.final_layer_norm = nn.LayerNorm(hidden)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (self._heads(name, x) for name in ("q_proj", "k_proj", "v_proj"))
        mixed = functional.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        x = self.layer_norm(x + self.attention["out_proj"](mixed))
        inner = functional.gelu(self.feed_forward["intermediate_dense"](x))
        return self.final_layer_norm(x + self.feed_forward["output_dense"](inner))

    def _heads(self, name: str, x: Tensor) -> Tensor:
        return self.attention[name](x).unflatten(-1, (HEADS, -1)).transpose(1, 2)
