"""Reads the weights of the two models from upstream's files, in every form that those have had."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.config import MIXER_DIM, AcousticConfig, SemanticConfig
from tts.gpt_sovits.contents import ACOUSTIC, SEMANTIC, require
from tts.gpt_sovits.measure import acoustic_config, missing, semantic_config
from tts.gpt_sovits.refusal import CheckpointRefused, Fault
from tts.gpt_sovits.shapes import Shapes, acoustic_shapes, semantic_shapes
from tts.gpt_sovits.torch_file import read_torch_file

PREFIX = "model."


@dataclass(frozen=True)
class SemanticCheckpoint:
    """The model that turns phones into semantic tokens; keys without upstream's prefix `model.`."""

    config: SemanticConfig
    weights: dict[str, Tensor]
    """In the file's dtype, paged in from the file as they are used."""
    info: str
    """What the training wrote about itself, such as the epoch."""


@dataclass(frozen=True)
class AcousticCheckpoint:
    """The model that turns semantic tokens into sound; what only training uses is left out."""

    config: AcousticConfig
    weights: dict[str, Tensor]
    """As in SemanticCheckpoint; normed convolutions are still pairs of `weight_g` and `weight_v`."""
    info: str


def read_semantic(path: Path) -> SemanticCheckpoint:
    """Read an s1 file (.ckpt); raises CheckpointRefused with a sentence about what the file is."""
    try:
        content = require(SEMANTIC, _read(path))
        tensors = {name.removeprefix(PREFIX): tensor for name, tensor in content.tensors.items()}
        config = semantic_config(tensors, content.settings)
        weights = _checked(tensors, semantic_shapes(config))
    except Fault as fault:
        raise CheckpointRefused.because_of(path, fault) from fault.__cause__
    return SemanticCheckpoint(config, weights, content.info)


def read_acoustic(path: Path) -> AcousticCheckpoint:
    """Read an s2 file (.pth), with or without upstream's mark; raises CheckpointRefused as read_semantic does."""
    try:
        content = require(ACOUSTIC, _read(path))
        config = acoustic_config(content.tensors, content.settings)
        weights = _checked(content.tensors, acoustic_shapes(config))
        if not config.has_speaker_network and config.gin_channels != MIXER_DIM:
            raise _wrong_shape("dec.cond.weight", weights["dec.cond.weight"], (config.upsample_initial_channel, 512, 1))
    except Fault as fault:
        raise CheckpointRefused.because_of(path, fault) from fault.__cause__
    return AcousticCheckpoint(config, weights, content.info)


def require_pair(semantic: SemanticConfig, acoustic: AcousticConfig) -> None:
    """Raises CheckpointRefused unless the tokens of one are the tokens of the other."""
    if semantic.eos != acoustic.codebook_size:
        raise CheckpointRefused(
            f"These GPT and SoVITS weights do not belong together: the one speaks in {semantic.eos} tokens, "
            f"the other in {acoustic.codebook_size}.",
            f"这两个 GPT 和 SoVITS 权重不配套：语义 token 分别有 {semantic.eos} 个和 {acoustic.codebook_size} 个。",
        )


def _read(path: Path) -> Any:
    try:
        return read_torch_file(path)
    except OSError as error:
        raise Fault(f"cannot be read ({error.strerror})", f"无法读取（{error.strerror}）") from error


def _checked(tensors: dict[str, Tensor], shapes: Shapes) -> dict[str, Tensor]:
    """The expected tensors in their order; raises Fault unless each is there with its shape and with numbers in it."""
    for name, shape in shapes.items():
        if name not in tensors:
            raise missing(name)
        tensor = tensors[name]
        if tuple(tensor.shape) != shape:
            raise _wrong_shape(name, tensor, shape)
        if not tensor.is_floating_point():
            raise Fault(
                f"has the tensor {name} as {tensor.dtype}, not as floating-point numbers",
                f"的张量 {name} 类型是 {tensor.dtype}，不是浮点数",
            )
        # training that diverges leaves no tensor untouched, and to look at them all would take a second
        if tensor.dim() == 1 and not torch.isfinite(tensor).all():
            raise Fault(
                f"contains NaN or infinite values ({name}): its training has failed; take an earlier checkpoint",
                f"含有非数值（{name}）：训练已发散，请使用更早的权重",
            )
    return {name: tensors[name] for name in shapes}


def _wrong_shape(name: str, tensor: Tensor, shape: tuple[int, ...]) -> Fault:
    found = tuple(tensor.shape)
    return Fault(
        f"has the tensor {name} in the shape {found}, where {shape} belongs",
        f"的张量 {name} 形状是 {found}，应为 {shape}",
    )
