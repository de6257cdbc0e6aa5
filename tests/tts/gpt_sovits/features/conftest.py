"""Stored inputs and outputs of upstream, and small networks with random weights."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.support.vectors import models_vectors
from tts.gpt_sovits.features.linear import Placement
from tts.gpt_sovits.features.random_models import write_bert, write_hubert, write_speaker


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small networks are slower on many."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def with_ballast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Round up as for bfloat16, also where that saves nothing: in float32 it shows that nothing else changes."""
    monkeypatch.setattr(Placement, "rounded", lambda _, rows, step: -(-rows // step) * step)


@pytest.fixture(scope="session")
def stored() -> Callable[[str], dict[str, Tensor]]:
    """The tensors of one vector file; samples, which are stored as int16, come as fractions."""

    def load(name: str) -> dict[str, Tensor]:
        tensors = load_file(models_vectors() / f"{name}.safetensors")
        return {key: tensor / 32768 if tensor.dtype == torch.int16 else tensor for key, tensor in tensors.items()}

    return load


@pytest.fixture(scope="session")
def meta() -> dict[str, Any]:
    return json.loads((models_vectors() / "meta.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def hubert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "chinese-hubert-base"
    write_hubert(folder, "tiny")
    return folder


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "chinese-roberta-wwm-ext-large"
    write_bert(folder, "tiny")
    return folder


@pytest.fixture(scope="session")
def speaker_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("models") / "pretrained_eres2netv2w24s4ep4.ckpt"
    write_speaker(file, "tiny")
    return file
