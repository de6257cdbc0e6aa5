"""The stored acoustic models with what upstream computed, read once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.support.vectors import models_vectors, unpacked
from tts.gpt_sovits.acoustic.model import AcousticModel, Conditions, load_acoustic
from tts.gpt_sovits.checkpoint import read_acoustic
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.features.spectrogram import linear_spectrogram
from tts.gpt_sovits.shapes import acoustic_shapes


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Small networks are slower on many."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass(frozen=True)
class StoredModel:
    """A model, what upstream computed with it, and the spectrograms of the two reference clips."""

    model: AcousticModel
    stored: dict[str, Tensor]
    spectrograms: list[Tensor]

    @property
    def speakers(self) -> list[Tensor] | None:
        has_speakers = self.model.config.has_speaker_network
        return [self.stored["sv_emb1"], self.stored["sv_emb2"]] if has_speakers else None

    def timbre(self, clips: int) -> Tensor:
        """Of the first clip, or of both."""
        return self.model.timbre(self.spectrograms[:clips], self.speakers and self.speakers[:clips])

    @property
    def conditions(self) -> Conditions:
        return self.model.conditions(self.timbre(1))


@pytest.fixture(scope="session")
def stored_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], StoredModel]:
    """By the name of its vectors: s2_v2 or s2_v2Pro."""
    folder = tmp_path_factory.mktemp("vectors")

    @cache
    def load(name: str) -> StoredModel:
        checkpoint = read_acoustic(unpacked(f"{name}.pth", folder))
        clips = load_file(models_vectors() / "spec_io.safetensors")
        second = linear_spectrogram(clips["audio2"] / 32768)
        return StoredModel(
            load_acoustic(checkpoint.config, checkpoint.weights),
            load_file(models_vectors() / f"{name}_io.safetensors"),
            [clips["spec"], second[None]],
        )

    return load


@pytest.fixture(scope="session")
def narrow_model() -> AcousticModel:
    """Random weights, hardly any channels and few layers, for tests that vocode a lot."""
    config = AcousticConfig(
        inter_channels=4,
        hidden_channels=8,
        filter_channels=8,
        layer_count=2,
        resblock_kernel_sizes=(3, 5),
        resblock_dilation_sizes=((1, 2), (1,)),
        upsample_initial_channel=32,
        ssl_dim=8,
        codebook_size=64,
    )
    source = torch.Generator().manual_seed(1)
    weights = {}
    for name, shape in acoustic_shapes(config).items():
        weights[name] = torch.randn(shape, generator=source) * (0.1 if len(shape) == 1 else prod(shape[1:]) ** -0.5)
        if name.endswith(("gamma", "weight_g")):
            weights[name] = torch.ones(shape)
    return load_acoustic(config, weights)
