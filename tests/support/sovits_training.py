"""The stored vectors of the acoustic model's training, and weights that are derived from their names."""

import json
import zlib
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from tests.support.studio_work import training_vectors
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.training.sovits_generator import Batch
from tts.gpt_sovits.training.sovits_names import load_named, training_name

CODEBOOK = "quantizer.vq.layers.0._codebook."
FROZEN = ("ssl_proj.weight", "ssl_proj.bias", *(CODEBOOK + name for name in ("inited", "cluster_size", "embed")))


def load_vectors(name: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Numbers by name, and tensors by name."""
    folder = training_vectors()
    return json.loads((folder / f"{name}.json").read_text()), torch.load(folder / f"{name}.pt", weights_only=True)


def fill(module: nn.Module, names: Iterable[str], seed: int) -> None:
    """Weights that follow from the name of each tensor, as the README beside the vectors says."""
    shapes = {name: tensor.shape for name, tensor in module.state_dict().items()}
    weights = {name: filled(name, shapes[training_name(name)], seed) for name in names}
    embedding = weights.get(f"{CODEBOOK}embed")
    if embedding is not None:
        weights[f"{CODEBOOK}embed_avg"] = embedding.clone()
    assert load_named(module, weights) == []


def filled(name: str, shape: torch.Size, seed: int) -> Tensor:
    source = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
    values = torch.randn(shape, generator=source)
    if name.endswith("inited"):
        return torch.ones(shape)
    if name.endswith("cluster_size"):
        return torch.full(shape, 10.0)
    if name.endswith("_codebook.embed"):
        return values
    if name.endswith("weight_g"):
        return (1 + 0.1 * values) * 0.5
    if name.endswith(("bias", "beta")):
        return 0.05 * values
    if len(shape) <= 1:
        return 1 + 0.1 * values
    return values / (values.numel() / shape[0]) ** 0.5


def config_of(sizes: dict[str, Any]) -> AcousticConfig:
    """From the section `model` of upstream's settings."""
    return AcousticConfig(
        version=sizes["version"],
        inter_channels=sizes["inter_channels"],
        hidden_channels=sizes["hidden_channels"],
        filter_channels=sizes["filter_channels"],
        head_count=sizes["n_heads"],
        layer_count=sizes["n_layers"],
        kernel_size=sizes["kernel_size"],
        resblock_kernel_sizes=tuple(sizes["resblock_kernel_sizes"]),
        resblock_dilation_sizes=tuple(map(tuple, sizes["resblock_dilation_sizes"])),
        upsample_rates=tuple(sizes["upsample_rates"]),
        upsample_initial_channel=sizes["upsample_initial_channel"],
        upsample_kernel_sizes=tuple(sizes["upsample_kernel_sizes"]),
        gin_channels=sizes["gin_channels"],
    )


def batch_of(stored: dict[str, Tensor]) -> Batch:
    return Batch(
        features=stored["ssl"].float(),
        spectrograms=stored["spec"],
        frame_counts=stored["spec_lengths"],
        sound=stored["wav"],
        phones=stored["text"],
        phone_counts=stored["text_lengths"],
        speakers=stored["sv_emb"].float() if "sv_emb" in stored else None,
    )
