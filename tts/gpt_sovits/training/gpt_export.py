"""Weights for speaking, in upstream's form: half precision, plain dictionaries, nothing that runs."""

import os
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.checkpoint import PREFIX
from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.training.gpt_options import GptOptions
from tts.gpt_sovits.training.gpt_schedule import FIRST_RATE_OF_UPSTREAM
from tts.gpt_sovits.training.refused import TrainingRefused


def export_path(folder: Path, name: str, epoch: int) -> Path:
    """epoch: counted from 1."""
    return folder / f"{name}-e{epoch}.ckpt"


def export_gpt(
    path: Path, weights: Mapping[str, Tensor], config: SemanticConfig, options: GptOptions, epoch: int
) -> None:
    """weights: by upstream's names without `model.`; a file that is there is replaced in one go.

    Raises TrainingRefused where half precision cannot hold the weights, and OSError.
    """
    content = {
        "weight": OrderedDict((f"{PREFIX}{name}", _halved(tensor)) for name, tensor in weights.items()),
        "config": upstream_settings(config, options),
        "info": f"GPT-e{epoch}",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def upstream_settings(config: SemanticConfig, options: GptOptions) -> dict[str, Any]:
    """All that upstream's s1 configuration says; its inference asks `data.max_sec` and the sizes of the model."""
    return {
        "train": {
            "seed": options.seed,
            "epochs": options.epochs,
            "batch_size": options.batch_size,
            "save_every_n_epoch": options.export_epochs,
            "precision": "32" if options.precision == "float32" else "16-mixed",
            "if_dpo": options.has_preference,
            "exp_name": options.name,
        },
        "optimizer": {
            "lr": FIRST_RATE_OF_UPSTREAM,
            "lr_init": 0.00001,
            "lr_end": 0.0001,
            "warmup_steps": 2000,
            "decay_steps": 40000,
        },
        "data": {"max_eval_sample": 8, "max_sec": config.max_seconds, "num_workers": 4, "pad_val": config.eos},
        "model": config.upstream_section(),
        "inference": {"top_k": 15},
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
