import json
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.support.vectors import models_vectors
from tts.gpt_sovits.features.hubert import load_hubert


@pytest.fixture(scope="module")
def samples() -> Tensor:
    return torch.randn(1, 170_000, generator=torch.Generator().manual_seed(2)) * 0.1


def by_the_book(folder: Path, samples: Tensor) -> Tensor:
    """The network as papers draw it, layer by layer in float64."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    stored = torch.load(folder / "pytorch_model.bin", weights_only=True)
    w = {name: tensor.double() for name, tensor in stored.items()}

    def linear(name: str, x: Tensor) -> Tensor:
        return functional.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    def norm(name: str, x: Tensor) -> Tensor:
        return functional.layer_norm(x, x.shape[-1:], w[f"{name}.weight"], w[f"{name}.bias"], 1e-5)

    def heads(x: Tensor) -> Tensor:
        return x.view(1, x.shape[1], config["num_attention_heads"], -1).transpose(1, 2)

    x = samples[:, None].double()
    for i, stride in enumerate(config["conv_stride"]):
        name = f"feature_extractor.conv_layers.{i}"
        x = functional.conv1d(x, w[f"{name}.conv.weight"], stride=stride)
        if i == 0:
            x = functional.group_norm(x, x.shape[1], w[f"{name}.layer_norm.weight"], w[f"{name}.layer_norm.bias"])
        x = functional.gelu(x)
    x = linear("feature_projection.projection", norm("feature_projection.layer_norm", x.transpose(1, 2)))
    position = "encoder.pos_conv_embed.conv"
    length, direction = (w[f"{position}.parametrizations.weight.original{i}"] for i in (0, 1))
    kernel = direction * length / direction.norm(dim=(0, 1), keepdim=True)
    groups = config["num_conv_pos_embedding_groups"]
    where = functional.conv1d(
        x.transpose(1, 2), kernel, w[f"{position}.bias"], padding=kernel.shape[-1] // 2, groups=groups
    )
    x = norm("encoder.layer_norm", x + functional.gelu(where[..., : x.shape[1]]).transpose(1, 2))
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layers.{i}"
        query, key, value = (heads(linear(f"{layer}.attention.{part}_proj", x)) for part in "qkv")
        attention = (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1)
        x = x + linear(f"{layer}.attention.out_proj", (attention @ value).transpose(1, 2).flatten(2))
        x = norm(f"{layer}.layer_norm", x)
        inner = functional.gelu(linear(f"{layer}.feed_forward.intermediate_dense", x))
        x = norm(f"{layer}.final_layer_norm", x + linear(f"{layer}.feed_forward.output_dense", inner))
    return x.float()


def test_it_equals_transformers(stored):
    vectors = stored("hubert_io")
    features = load_hubert(models_vectors() / "hubert_small")(vectors["wav16k_padded"][None])
    torch.testing.assert_close(features, vectors["last_hidden_state"], atol=1e-4, rtol=0)


# 3.0 s and 10.0 s with their 0.6 s of silence; lengths between the frames; the least that gives one and two frames
@pytest.mark.parametrize("count", [57_600, 169_600, 48_001, 50_239, 400, 719, 720])
def test_any_length_is_heard_as_the_book_has_it(hubert_folder: Path, samples: Tensor, count: int):
    features = load_hubert(hubert_folder)(samples[:, :count])
    assert features.shape == (1, (count - 400) // 320 + 1, 768)
    torch.testing.assert_close(features, by_the_book(hubert_folder, samples[:, :count]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("count", [57_600, 48_001, 50_239, 400, 10_320, 10_639])
@pytest.mark.usefixtures("with_ballast")
def test_ballast_changes_nothing(hubert_folder: Path, samples: Tensor, count: int):
    features = load_hubert(hubert_folder)(samples[:, :count])
    torch.testing.assert_close(features, by_the_book(hubert_folder, samples[:, :count]), atol=1e-4, rtol=0)


def test_a_position_kernel_may_be_odd(tmp_path: Path, hubert_folder: Path, samples: Tensor):
    config = json.loads((hubert_folder / "config.json").read_text("utf-8"))
    weights = torch.load(hubert_folder / "pytorch_model.bin", weights_only=True)
    config["num_conv_pos_embeddings"] -= 1
    for i in (0, 1):
        name = f"encoder.pos_conv_embed.conv.parametrizations.weight.original{i}"
        weights[name] = weights[name][..., 1:].clone()
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    torch.save(weights, tmp_path / "pytorch_model.bin")
    expected = by_the_book(tmp_path, samples[:, :8000])
    torch.testing.assert_close(load_hubert(tmp_path)(samples[:, :8000]), expected, atol=1e-4, rtol=0)


def test_silence_and_a_loud_offset_give_numbers(hubert_folder: Path):
    network = load_hubert(hubert_folder)
    assert network(torch.zeros(1, 16000)).isfinite().all()
    assert network(torch.full((1, 16000), 0.9)).isfinite().all()


def test_bfloat16_hears_nearly_the_same(hubert_folder: Path, samples: Tensor):
    exact = load_hubert(hubert_folder)(samples[:, :50_000])
    quick = load_hubert(hubert_folder, dtype=torch.bfloat16)(samples[:, :50_000])
    assert quick.dtype == torch.float32
    assert (quick - exact).norm() / exact.norm() < 0.02


@pytest.mark.parametrize("shape", [(1, 399), (1, 0), (2, 16000)])
def test_what_it_cannot_hear_is_refused(hubert_folder: Path, shape: tuple[int, int]):
    with pytest.raises(ValueError, match="one clip of 400 samples"):
        load_hubert(hubert_folder)(torch.zeros(shape))


def test_checkpoints_of_older_pytorch_and_of_models_with_a_head_load(hubert_folder: Path, tmp_path: Path):
    weights = torch.load(hubert_folder / "pytorch_model.bin", weights_only=True)
    older = {"lm_head.weight": torch.zeros(3)}
    for name, tensor in weights.items():
        name = name.replace("parametrizations.weight.original0", "weight_g")
        older["hubert." + name.replace("parametrizations.weight.original1", "weight_v")] = tensor
    (tmp_path / "config.json").write_bytes((hubert_folder / "config.json").read_bytes())
    torch.save(older, tmp_path / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    sound = torch.randn(1, 4000)
    assert torch.equal(load_hubert(tmp_path)(sound), load_hubert(hubert_folder)(sound))
