"""HuBERT, BERT and the speaker network with random weights in upstream's files: what tests and benchmarks load."""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.features import random_vocabulary
from tts.gpt_sovits.features.random_shapes import (
    Size,
    bert_config,
    bert_shapes,
    hubert_config,
    hubert_shapes,
    speaker_shapes,
)
from tts.gpt_sovits.features.random_tensors import filled

NOTICE_FILE = "RANDOM_WEIGHTS.txt"
NOTICE = """These weights are random numbers in the layout of the real ones, for tests and benchmarks.
A voice made with them is noise. Replace them with the downloaded models.

这里的权重是随机数，只是文件格式与真实模型相同，用于测试和测速；用它们合成的声音只是噪声。请换成下载的模型。
"""


def write_hubert(folder: Path, size: Size, *, dtype: torch.dtype = torch.float32, seed: int = 0) -> None:
    """A chinese-hubert-base directory; "tiny" has two narrow layers, but features of 768 as well."""
    config = hubert_config(size)
    weights = filled(hubert_shapes(config), dtype, seed, is_shared=size == "tiny")
    _write_folder(folder, config, weights)
    _write_json(
        folder / "preprocessor_config.json",
        {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1, "sampling_rate": 16000}
        | {"do_normalize": True, "padding_side": "right", "padding_value": 0, "return_attention_mask": False},
    )


def write_bert(folder: Path, size: Size, *, dtype: torch.dtype = torch.float32, seed: int = 0) -> None:
    """A chinese-roberta-wwm-ext-large directory; "tiny" knows 300 characters and has 3 layers, but features of 1024."""
    tokens = random_vocabulary.tokens(size)
    config = bert_config(size, len(tokens))
    weights = filled(bert_shapes(config), dtype, seed, is_shared=size == "tiny")
    weights["cls.predictions.decoder.weight"] = weights["bert.embeddings.word_embeddings.weight"]
    weights["cls.predictions.decoder.bias"] = weights["cls.predictions.bias"]
    _write_folder(folder, config, weights)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in tokens), "utf-8")
    _write_json(folder / "tokenizer.json", random_vocabulary.tokenizer(tokens))


def write_speaker(path: Path, size: Size, *, dtype: torch.dtype = torch.float32, seed: int = 0) -> None:
    """The bare state dict of an ERes2NetV2; "tiny" has four narrow blocks, but an embedding of 20480 as well."""
    shapes = speaker_shapes(size)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(filled(shapes, dtype, seed, is_shared=False), path)
    write_notice(path.parent)


def write_notice(folder: Path) -> None:
    """Say beside the weights that they make noise."""
    (folder / NOTICE_FILE).write_text(NOTICE, "utf-8")


def _write_folder(folder: Path, config: dict[str, Any], weights: dict[str, Tensor]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / "config.json", config)
    torch.save(weights, folder / "pytorch_model.bin")
    write_notice(folder)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", "utf-8")
