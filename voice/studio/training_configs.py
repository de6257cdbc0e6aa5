"""The two files that describe a training to people and to other tools of this field: config_s2.json, config_s1.yaml."""

import json
from typing import Any

import yaml

from tts.gpt_sovits.config import AcousticConfig, SemanticConfig, upstream_acoustic
from voice.studio.base_weights import base_weights, discriminators
from voice.studio.folders import replacing
from voice.studio.training_plan import TrainingPlan

S2_FILE, S1_FILE = "config_s2.json", "config_s1.yaml"
SAVE_EVERY_S2, SAVE_EVERY_S1 = 4, 5
"""Epochs between two exports."""
TEXT_LOW_LR_RATE = 0.4
SEED = 1234


def write_configs(plan: TrainingPlan) -> None:
    """Put both files into the character's folder."""
    with replacing(plan.folder.root / S2_FILE) as out:
        json.dump(config_s2(plan), out, ensure_ascii=False, indent=2)
    with replacing(plan.folder.root / S1_FILE) as out:
        yaml.safe_dump(config_s1(plan), out, allow_unicode=True, sort_keys=False)


def config_s2(plan: TrainingPlan) -> dict[str, Any]:
    """As upstream's file for SoVITS; its values are the original service's."""
    acoustic, experiment = upstream_acoustic(plan.version), str(plan.experiment.absolute())
    return {
        "train": {
            "log_interval": 10,
            "eval_interval": 500,
            "seed": SEED,
            "epochs": plan.epochs_s2,
            "learning_rate": 1e-4,
            "betas": [0.8, 0.99],
            "eps": 1e-9,
            "batch_size": plan.batch_size,
            "fp16_run": plan.is_half,
            "lr_decay": 0.999875,
            "segment_size": 20480,
            "init_lr_ratio": 1,
            "warmup_epochs": 0,
            "c_mel": 45,
            "c_kl": 1.0,
            "text_low_lr_rate": TEXT_LOW_LR_RATE,
            "grad_ckpt": False,
            "pretrained_s2G": _pretrained(plan, "sovits"),
            "pretrained_s2D": _discriminator(plan),
            "if_save_latest": True,
            "if_save_every_weights": True,
            "save_every_epoch": SAVE_EVERY_S2,
            "gpu_numbers": _numbers(plan),
        },
        "data": _data(acoustic, experiment),
        "model": _model(acoustic),
        "s2_ckpt_dir": experiment,
        "content_module": "cnhubert",
        "save_weight_dir": str(plan.exports.absolute()),
        "name": plan.name,
        "version": plan.version,
    }


def config_s1(plan: TrainingPlan) -> dict[str, Any]:
    """As upstream's file for GPT; its values are the original service's."""
    semantic, experiment = SemanticConfig(), plan.experiment.absolute()
    return {
        "train": {
            "seed": SEED,
            "epochs": plan.epochs_s1,
            "batch_size": plan.batch_size,
            "save_every_n_epoch": SAVE_EVERY_S1,
            "precision": "16-mixed" if plan.is_half else "32",
            "gradient_clip": 1.0,
            "if_save_latest": True,
            "if_save_every_weights": True,
            "if_dpo": False,
            "half_weights_save_dir": str(plan.exports.absolute()),
            "exp_name": plan.name,
        },
        "optimizer": {"lr": 0.01, "lr_init": 1e-5, "lr_end": 1e-4, "warmup_steps": 2000, "decay_steps": 40000},
        "data": {"max_eval_sample": 8, "max_sec": semantic.max_seconds, "num_workers": 4, "pad_val": semantic.eos},
        "model": {
            "vocab_size": semantic.vocab_size,
            "phoneme_vocab_size": semantic.phoneme_vocab_size,
            "embedding_dim": semantic.embedding_dim,
            "hidden_dim": semantic.hidden_dim,
            "head": semantic.head_count,
            "linear_units": 4 * semantic.hidden_dim,
            "n_layer": semantic.layer_count,
            "dropout": 0,
            "EOS": semantic.eos,
            "random_bert": 0,
        },
        "inference": {"top_k": 15},
        "train_semantic_path": str(experiment / "6-name2semantic.tsv"),
        "train_phoneme_path": str(experiment / "2-name2text.txt"),
        "output_dir": str(plan.state_s1.absolute()),
        "pretrained_s1": _pretrained(plan, "gpt"),
    }


def _data(acoustic: AcousticConfig, experiment: str) -> dict[str, Any]:
    return {
        "max_wav_value": 32768.0,
        "sampling_rate": acoustic.sampling_rate_hz,
        "filter_length": acoustic.filter_length,
        "hop_length": acoustic.hop_length,
        "win_length": acoustic.win_length,
        "n_mel_channels": 128,
        "mel_fmin": 0.0,
        "mel_fmax": None,
        "add_blank": True,
        "n_speakers": 300,
        "cleaned_text": True,
        "exp_dir": experiment,
    }


def _model(acoustic: AcousticConfig) -> dict[str, Any]:
    return {
        "inter_channels": acoustic.inter_channels,
        "hidden_channels": acoustic.hidden_channels,
        "filter_channels": acoustic.filter_channels,
        "n_heads": acoustic.head_count,
        "n_layers": acoustic.layer_count,
        "kernel_size": acoustic.kernel_size,
        "p_dropout": 0.0 if acoustic.has_speaker_network else 0.1,
        "resblock": "1",
        "resblock_kernel_sizes": list(acoustic.resblock_kernel_sizes),
        "resblock_dilation_sizes": [list(sizes) for sizes in acoustic.resblock_dilation_sizes],
        "upsample_rates": list(acoustic.upsample_rates),
        "upsample_initial_channel": acoustic.upsample_initial_channel,
        "upsample_kernel_sizes": list(acoustic.upsample_kernel_sizes),
        "n_layers_q": 3,
        "use_spectral_norm": False,
        "gin_channels": acoustic.gin_channels,
        "semantic_frame_rate": "25hz",
        "freeze_quantizer": True,
        "version": acoustic.version,
    }


def _pretrained(plan: TrainingPlan, half: str) -> str:
    file = getattr(base_weights(plan.models_dir, plan.version), half)
    return str(file.absolute()) if file else ""


def _discriminator(plan: TrainingPlan) -> str:
    file = discriminators(plan.models_dir, plan.version)
    return str(file.absolute()) if file else ""


def _numbers(plan: TrainingPlan) -> str:
    return "-".join(device.partition(":")[2] or "0" for device in plan.devices)
