"""The networks that a training starts from, read from upstream's files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.checkpoint import read_acoustic
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.contents import ACOUSTIC, Content, require
from tts.gpt_sovits.refusal import CheckpointRefused, Fault
from tts.gpt_sovits.torch_file import read_torch_file
from tts.gpt_sovits.training.discriminators import Discriminators, narrowing_of, periods_of
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_generator import Generator
from tts.gpt_sovits.training.sovits_names import STATISTICS, load_named

POSTERIOR = "enc_q."
V2_DROPOUT = 0.1
"""Of the encoders; the Pro models were made without."""


@dataclass(frozen=True)
class BaseGenerator:
    """weights: by upstream's names, whatever else is in the file left out. has_posterior: see `base_generator`."""

    config: AcousticConfig
    weights: Mapping[str, Tensor]
    dropout: float
    has_posterior: bool


def read_base(path: Path) -> BaseGenerator:
    """Raises TrainingRefused with a sentence about what the file is instead."""
    try:
        checkpoint = read_acoustic(path)
        content = require(ACOUSTIC, read_torch_file(path))
    except CheckpointRefused as refusal:
        raise TrainingRefused(refusal.english, refusal.chinese) from refusal
    more = {name: tensor for name, tensor in content.tensors.items() if name.startswith((POSTERIOR, *STATISTICS))}
    has_posterior = any(name.startswith(POSTERIOR) for name in more)
    return BaseGenerator(
        checkpoint.config, {**more, **checkpoint.weights}, _dropout(content, checkpoint.config), has_posterior
    )


def base_generator(base: BaseGenerator, path: Path, segment_frames: int) -> Generator:
    """On the CPU, in float32. Where the file lacks the posterior encoder, as exported voices do, that is new.

    Raises TrainingRefused for a posterior encoder of another size.
    """
    generator = Generator(base.config, segment_frames, base.dropout)
    try:
        missing = load_named(generator, base.weights)
    except RuntimeError as error:
        raise _unfit(path) from error
    if any(name.startswith(POSTERIOR) for name in missing) and base.has_posterior:
        raise _unfit(path)
    if "quantizer.embed_avg" in missing:
        generator.quantizer.get_buffer("embed_avg").copy_(generator.quantizer.codebook.data)
    return generator


def base_discriminators(path: Path | None, config: AcousticConfig, narrowing: int) -> Discriminators:
    """On the CPU, in float32; new ones without a file. Raises TrainingRefused where it is another one.

    narrowing: of new ones; a file shows its own.
    """
    if path is None:
        return Discriminators(periods_of(config.version), narrowing)
    try:
        weights = _weights(path)
        discriminators = Discriminators(periods_of(config.version), narrowing_of(weights))
        missing = load_named(discriminators, weights)
    except (Fault, OSError, RuntimeError) as error:
        raise _no_discriminator(path, config) from error
    if missing:
        raise _no_discriminator(path, config)
    return discriminators


def _weights(path: Path) -> dict[str, Tensor]:
    content: Any = read_torch_file(path)
    weights = content.get("weight") if isinstance(content, dict) else None
    if not isinstance(weights, dict):
        raise Fault("holds no weights", "不含权重")
    return {str(name): tensor for name, tensor in weights.items() if isinstance(tensor, torch.Tensor)}


def _dropout(content: Content, config: AcousticConfig) -> float:
    """No tensor shows it."""
    section = content.settings.get("model")
    found = section.get("p_dropout") if isinstance(section, dict) else None
    if isinstance(found, (int, float)) and 0 <= found < 1:
        return float(found)
    return 0.0 if config.has_speaker_network else V2_DROPOUT


def _unfit(path: Path) -> TrainingRefused:
    return TrainingRefused(
        f"{path} cannot be trained from: its posterior encoder is incomplete or of another size. Download it again.",
        f"无法以 {path} 为底模训练：后验编码器不完整或尺寸不符，请重新下载。",
    )


def _no_discriminator(path: Path, config: AcousticConfig) -> TrainingRefused:
    return TrainingRefused(
        f"{path} is no discriminator of {config.version}; take the file whose name begins with s2D from the same "
        "folder as the generator.",
        f"{path} 不是 {config.version} 的判别器；请使用与生成器同一目录中以 s2D 开头的文件。",
    )
