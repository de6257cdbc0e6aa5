"""The stored semantic model with what upstream computed, and random ones of any size."""

from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.support.vectors import models_vectors, unpacked
from tts.gpt_sovits.checkpoint import read_semantic
from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.semantic.model import SemanticModel, load_semantic
from tts.gpt_sovits.shapes import semantic_shapes


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small networks are slower on many."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def stored() -> dict[str, Tensor]:
    return load_file(models_vectors() / "s1_io.safetensors")


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> SemanticModel:
    """The model of the vectors."""
    checkpoint = read_semantic(unpacked("s1.ckpt", tmp_path_factory.mktemp("vectors")))
    return load_semantic(checkpoint.config, checkpoint.weights)


@pytest.fixture(scope="session")
def random_model() -> Callable[..., SemanticModel]:
    """A model with random weights, by its sizes."""

    def make(width: int = 64, heads: int = 4, layers: int = 2, seed: int = 0) -> SemanticModel:
        config = SemanticConfig(embedding_dim=width, hidden_dim=width, head_count=heads, layer_count=layers)
        source = torch.Generator().manual_seed(seed)
        weights = {}
        for name, shape in semantic_shapes(config).items():
            scale = 0.3 if len(shape) == 1 else shape[-1] ** -0.5
            weights[name] = torch.randn(shape, generator=source) * scale
            if name.endswith(("norm1.weight", "norm2.weight", "alpha")):
                weights[name] += 1
        weights["ar_predict_layer.weight"] *= 3  # or all tokens would be about as likely
        return load_semantic(config, weights)

    return make
