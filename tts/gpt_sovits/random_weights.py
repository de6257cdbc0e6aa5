"""Writes the two models with RANDOM weights in upstream's files: for tests and benchmarks, they say nothing."""

import math
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch

from tts.gpt_sovits.config import AcousticConfig, SemanticConfig, Version, upstream_acoustic
from tts.gpt_sovits.random_speech_length import end_by_itself
from tts.gpt_sovits.shapes import CODEBOOK, UNUSED_BY_INFERENCE, Shapes, acoustic_shapes, semantic_shapes

Size = Literal["full", "tiny"]
Tensors = dict[str, torch.Tensor]

INFO = "RANDOM weights, never trained: for tests and benchmarks"
HEADERS: dict[Version, bytes] = {"v2": b"PK", "v2Pro": b"05", "v2ProPlus": b"06"}

TINY_SEMANTIC = SemanticConfig(embedding_dim=64, hidden_dim=64, head_count=4, layer_count=2)
TINY_CHANNELS = 32
CODEBOOK_SCALE = 0.2
"""Below the scale of HuBERT's features, or the lengths of the entries decide which one is nearest."""

GAINS = (
    ("self_attn.out_proj", 0.25),
    ("linear2", 0.25),
    ("bert_proj", 0.5),
    ("ar_predict_layer", 2.0),
    ("enc_p.ssl_proj", 1 / CODEBOOK_SCALE),
    ("enc_p.proj", 0.5),
    (".post.", 0.1),
    ("sv_emb", 0.5),
    ("ref_enc.spectral.0", 0.3),  # of spectrograms, which are louder than everything else that goes in
    ("dec.conv_pre", 1.0),
    ("dec.ups", 1.4),
    (".convs1.", 1.4),
    (".convs2.", 0.4),
    ("dec.conv_post", 0.3),
)
"""How much louder than its input a layer is, by part of its name; the others keep the loudness."""


def write_semantic(path: Path, size: Size, seed: int, endless: bool = False) -> None:
    """Phones to tokens, about ten phones and 25 tokens a second; endless: the token that ends a sentence never wins."""
    config = SemanticConfig() if size == "full" else TINY_SEMANTIC
    weights = _random(semantic_shapes(config), seed)
    if endless:
        weights["ar_predict_layer.weight"][config.eos] = 0
    else:
        end_by_itself(weights, config)
    named = OrderedDict((f"model.{name}", tensor.half()) for name, tensor in weights.items())
    _save({"weight": named, "config": _semantic_settings(config), "info": INFO}, path)


def write_acoustic(path: Path, version: Version, size: Size, seed: int) -> None:
    """Tokens to sound; v2Pro and v2ProPlus get the first two bytes that upstream gives them."""
    config = upstream_acoustic(version)
    if size == "tiny":
        config = _tiny(config)
    weights = _random(acoustic_shapes(config), seed)
    weights |= dict(zip(UNUSED_BY_INFERENCE, _training_statistics(weights[CODEBOOK]), strict=True))
    content = {"weight": _halved(weights), "config": _acoustic_settings(config), "info": INFO}
    _save(content, path, HEADERS[version])


def _tiny(config: AcousticConfig) -> AcousticConfig:
    """Smaller than upstream's code can read, which fixes a width of 192; v2 adds its speaker where the width is 512."""
    return replace(
        config,
        inter_channels=TINY_CHANNELS,
        hidden_channels=TINY_CHANNELS,
        filter_channels=2 * TINY_CHANNELS,
        layer_count=2,
        upsample_initial_channel=2 * TINY_CHANNELS,
        gin_channels=TINY_CHANNELS // 2 if config.has_speaker_network else config.gin_channels,
    )


def _random(shapes: Shapes, seed: int) -> Tensors:
    source = torch.Generator().manual_seed(seed)
    tensors: Tensors = {}
    for name, shape in shapes.items():
        if not name.endswith("weight_g"):
            tensors[name] = _values(name, shape, source)
    for name in shapes:
        if name.endswith("weight_g"):
            direction = tensors[name[:-1] + "v"].half().float()  # as it will be read, or its length were another
            tensors[name] = direction.norm(dim=(1, 2), keepdim=True)
    return {name: tensors[name] for name in shapes}


def _values(name: str, shape: tuple[int, ...], source: torch.Generator) -> torch.Tensor:
    if name.endswith(("alpha", "gamma", "norm1.weight", "norm2.weight")):
        return torch.ones(shape)
    if name == "prelu.weight":
        return torch.full(shape, 0.25)
    return torch.randn(shape, generator=source) * _scale(name, shape)


def _scale(name: str, shape: tuple[int, ...]) -> float:
    """Standard deviation of a tensor's values."""
    if name.endswith(("bias", "beta")):
        return 0.02
    if name == CODEBOOK:
        return CODEBOOK_SCALE
    if "embedding" in name:
        return 1.0
    if "emb_rel" in name:
        return 0.1
    gain = next((gain for part, gain in GAINS if part in name), 1.0)
    if name.startswith("dec.ups"):  # transposed: from each input channel, about two of the kernel's taps meet
        return gain / math.sqrt(2 * shape[0])
    return gain / math.sqrt(math.prod(shape[1:]))


def _halved(weights: Tensors) -> Tensors:
    """In half precision; what is the same tensor under two names stays one, and is written once."""
    made = {id(tensor): tensor.half() for tensor in weights.values()}
    return {name: made[id(tensor)] for name, tensor in weights.items()}


def _training_statistics(codebook: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Whether it is filled, how often each entry was met, and the sum of what was met."""
    return torch.ones(1), torch.ones(len(codebook)), codebook


def _semantic_settings(config: SemanticConfig) -> dict[str, Any]:
    return {
        "data": {"max_sec": config.max_seconds, "pad_val": config.eos},
        "model": config.upstream_section(),
        "inference": {"top_k": 15},
    }


def _acoustic_settings(config: AcousticConfig) -> dict[str, Any]:
    return {
        "data": {
            "sampling_rate": config.sampling_rate_hz,
            "filter_length": config.filter_length,
            "hop_length": config.hop_length,
            "win_length": config.win_length,
            "n_speakers": 300,
        },
        "model": {
            "inter_channels": config.inter_channels,
            "hidden_channels": config.hidden_channels,
            "filter_channels": config.filter_channels,
            "n_heads": config.head_count,
            "n_layers": config.layer_count,
            "kernel_size": config.kernel_size,
            "p_dropout": 0.0,
            "resblock": "1",
            "resblock_kernel_sizes": list(config.resblock_kernel_sizes),
            "resblock_dilation_sizes": [list(dilations) for dilations in config.resblock_dilation_sizes],
            "upsample_rates": list(config.upsample_rates),
            "upsample_initial_channel": config.upsample_initial_channel,
            "upsample_kernel_sizes": list(config.upsample_kernel_sizes),
            "gin_channels": config.gin_channels,
            "semantic_frame_rate": "25hz",
            "freeze_quantizer": True,
            "version": config.version,
        },
    }


def _save(content: dict[str, Any], path: Path, header: bytes = b"PK") -> None:
    """In place of what is there, in one go: a file that is in use must not change below its reader."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    torch.save(content, part)
    with part.open("r+b") as file:
        file.write(header)
    part.replace(path)
