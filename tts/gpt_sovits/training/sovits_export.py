"""Weights for speaking, in upstream's form: half precision, plain dictionaries, nothing that runs."""

import os
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.checkpoint import read_acoustic
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.features.spectrogram import HOP
from tts.gpt_sovits.random_weights import HEADERS
from tts.gpt_sovits.refusal import CheckpointRefused
from tts.gpt_sovits.shapes import CODEBOOK, acoustic_shapes
from tts.gpt_sovits.training.mel import MELS
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_losses import MEL_WEIGHT
from tts.gpt_sovits.training.sovits_names import STATISTICS, training_name
from tts.gpt_sovits.training.sovits_options import SovitsOptions
from tts.gpt_sovits.training.sovits_step import BETAS, EPSILON, Rates


def export_path(folder: Path, name: str, epoch: int, step: int) -> Path:
    """epoch: counted from 1."""
    return folder / f"{name}_e{epoch}_s{step}.pth"


def export_sovits(
    path: Path, state: Mapping[str, Tensor], config: AcousticConfig, options: SovitsOptions, epoch: int, step: int
) -> None:
    """state: a Generator's; a file that is there is replaced in one go, once the new one could be read.

    Raises TrainingRefused where half precision cannot hold the weights, and OSError.
    """
    content = {
        "weight": exported_weights(state, config),
        "config": upstream_settings(config, options),
        "info": f"{epoch}epoch_{step}iteration",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        torch.save(content, file)
        file.seek(0)
        file.write(HEADERS[config.version])
        file.flush()
        os.fsync(file.fileno())
    try:
        read_acoustic(part)
    except CheckpointRefused as refusal:
        raise TrainingRefused(refusal.english, refusal.chinese) from refusal
    part.replace(path)


def exported_weights(state: Mapping[str, Tensor], config: AcousticConfig) -> "OrderedDict[str, Tensor]":
    """By upstream's names, in float16, without what only training uses."""
    weights: OrderedDict[str, Tensor] = OrderedDict()
    for name in acoustic_shapes(config):
        if name == CODEBOOK:
            weights |= {each: _halved(state[training_name(each)]) for each in STATISTICS}
        weights[name] = _halved(state[training_name(name)])
    return weights


def upstream_settings(config: AcousticConfig, options: SovitsOptions) -> dict[str, Any]:
    """All that upstream's s2 configuration says; its inference asks `data`, `model` and `train.segment_size`."""
    return {
        "train": _train(options),
        "data": {
            "max_wav_value": 32768.0,
            "sampling_rate": config.sampling_rate_hz,
            "filter_length": config.filter_length,
            "hop_length": config.hop_length,
            "win_length": config.win_length,
            "n_mel_channels": MELS,
            "mel_fmin": 0.0,
            "mel_fmax": None,
            "add_blank": True,
            "n_speakers": 300,
            "cleaned_text": True,
        },
        "model": _model(config),
        "name": options.name,
        "version": config.version,
    }


def _train(options: SovitsOptions) -> dict[str, Any]:
    return {
        "seed": options.seed,
        "epochs": options.epochs,
        "learning_rate": options.rate,
        "betas": list(BETAS),
        "eps": EPSILON,
        "batch_size": options.batch_size,
        "fp16_run": options.precision != "float32",
        "lr_decay": Rates().decay,
        "segment_size": options.segment_frames * HOP,
        "c_mel": MEL_WEIGHT,
        "c_kl": 1.0,
        "text_low_lr_rate": options.text_rate,
        "save_every_epoch": options.export_epochs,
    }


def _model(config: AcousticConfig) -> dict[str, Any]:
    return {
        "inter_channels": config.inter_channels,
        "hidden_channels": config.hidden_channels,
        "filter_channels": config.filter_channels,
        "n_heads": config.head_count,
        "n_layers": config.layer_count,
        "kernel_size": config.kernel_size,
        "p_dropout": 0.0 if config.has_speaker_network else 0.1,
        "resblock": "1",
        "resblock_kernel_sizes": list(config.resblock_kernel_sizes),
        "resblock_dilation_sizes": [list(dilations) for dilations in config.resblock_dilation_sizes],
        "upsample_rates": list(config.upsample_rates),
        "upsample_initial_channel": config.upsample_initial_channel,
        "upsample_kernel_sizes": list(config.upsample_kernel_sizes),
        "n_layers_q": 3,
        "use_spectral_norm": False,
        "gin_channels": config.gin_channels,
        "semantic_frame_rate": "25hz",
        "freeze_quantizer": True,
        "version": config.version,
    }


def _halved(tensor: Tensor) -> Tensor:
    half = tensor.detach().to("cpu", torch.float16)
    if not torch.isfinite(half).all():
        raise TrainingRefused(
            "The training has diverged: its weights are too large to be used. "
            "Train again with fewer epochs, and check the recordings and their texts.",
            "训练已发散：权重数值过大，无法使用。请减少轮数重新训练，并检查录音和文本。",
        )
    return half
