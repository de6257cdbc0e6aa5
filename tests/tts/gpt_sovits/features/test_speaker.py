from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from tests.support.vectors import unpacked
from tts.gpt_sovits.features.fbank import fbank
from tts.gpt_sovits.features.speaker import SpeakerNetwork, load_speaker
from tts.gpt_sovits.features.weights import FeatureModelRefused


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SpeakerNetwork:
    return load_speaker(unpacked("sv_small.ckpt", tmp_path_factory.mktemp("sv")))


def by_the_book(file: Path, features: Tensor) -> Tensor:
    """The network as its authors draw it, with every norm in its place and in float64."""
    stored = torch.load(file, weights_only=True)
    w = {name: tensor.double() for name, tensor in stored.items()}

    def conv(name: str, x: Tensor, stride: int = 1) -> Tensor:
        weight = w[f"{name}.weight"]
        return functional.conv2d(x, weight, w.get(f"{name}.bias"), stride, weight.shape[-1] // 2)

    def norm(name: str, x: Tensor) -> Tensor:
        mean, variance, factor, shift = (
            w[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(x, mean, variance, factor, shift)

    def fused(name: str, x: Tensor, y: Tensor) -> Tensor:
        inner = functional.silu(norm(f"{name}.1", conv(f"{name}.0", torch.cat([x, y], 1))))
        share = norm(f"{name}.4", conv(f"{name}.3", inner)).tanh()
        return x * (1 + share) + y * (1 - share)

    def block(name: str, x: Tensor, stride: int, is_fused: bool) -> Tensor:
        groups = norm(f"{name}.bn1", conv(f"{name}.conv1", x, stride)).clamp(0, 20).chunk(4, 1)
        heard: list[Tensor] = []
        for i, group in enumerate(groups):
            if i:
                last = heard[-1]
                group = fused(f"{name}.fuse_models.{i - 1}.local_att", last, group) if is_fused else last + group
            heard.append(norm(f"{name}.bns.{i}", conv(f"{name}.convs.{i}", group)).clamp(0, 20))
        out = norm(f"{name}.bn3", conv(f"{name}.conv3", torch.cat(heard, 1)))
        if f"{name}.shortcut.0.weight" in w:
            x = norm(f"{name}.shortcut.1", conv(f"{name}.shortcut.0", x, stride))
        return (out + x).clamp(0, 20)

    x = norm("bn1", conv("conv1", features.transpose(1, 2)[:, None].double())).relu()
    outputs: list[Tensor] = []
    for layer in range(1, 5):
        number = 0
        while f"layer{layer}.{number}.conv1.weight" in w:
            stride = 2 if layer > 1 and number == 0 else 1
            x = block(f"layer{layer}.{number}", x, stride, layer > 2)
            number += 1
        outputs.append(x)
    x = fused("fuse34.local_att", outputs[3], conv("layer3_ds", outputs[2], 2))
    return x.flatten(1, 2).mean(-1).float()


def test_it_equals_upstream(small: SpeakerNetwork, stored):
    vectors = stored("sv_io")
    embedding = small(vectors["fbank"][None])
    torch.testing.assert_close(embedding, vectors["emb_forward3"], atol=2e-3, rtol=0)


def test_it_equals_upstream_from_the_samples_on(small: SpeakerNetwork, stored):
    vectors = stored("sv_io")
    embedding = small(fbank(vectors["audio16k"])[None])
    torch.testing.assert_close(embedding, vectors["emb_forward3"], atol=2e-2, rtol=0)


@pytest.mark.parametrize("frames", [1, 2, 7, 8, 98, 101, 298])
def test_any_length_is_heard_as_the_book_has_it(speaker_file: Path, frames: int):
    features = torch.randn(1, frames, 80, generator=torch.Generator().manual_seed(frames)) * 3 - 5
    embedding = load_speaker(speaker_file)(features)
    assert embedding.shape == (1, 20480)
    torch.testing.assert_close(embedding, by_the_book(speaker_file, features), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("frames", [1, 7, 63, 64, 65, 99, 130])
@pytest.mark.usefixtures("with_ballast")
def test_ballast_changes_nothing(speaker_file: Path, frames: int):
    features = torch.randn(1, frames, 80, generator=torch.Generator().manual_seed(frames)) * 3 - 5
    embedding = load_speaker(speaker_file)(features)
    torch.testing.assert_close(embedding, by_the_book(speaker_file, features), atol=1e-4, rtol=1e-4)


def test_bfloat16_hears_nearly_the_same(speaker_file: Path):
    features = torch.randn(1, 98, 80, generator=torch.Generator().manual_seed(0)) * 3 - 5
    exact = load_speaker(speaker_file)(features)
    quick = load_speaker(speaker_file, dtype=torch.bfloat16)(features)
    assert quick.dtype == torch.float32
    assert torch.cosine_similarity(quick, exact).item() > 0.999


def test_silence_gives_numbers(small: SpeakerNetwork):
    assert small(fbank(torch.zeros(16000))[None]).isfinite().all()


def test_less_than_a_frame_is_refused(small: SpeakerNetwork):
    with pytest.raises(ValueError, match="at least one frame"):
        small(fbank(torch.zeros(399))[None])


def test_half_precision_files_load(speaker_file: Path, tmp_path: Path):
    weights = torch.load(speaker_file, weights_only=True)
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
    torch.save(halves, tmp_path / "half.ckpt")
    features = torch.randn(1, 50, 80)
    whole, half = (load_speaker(file)(features) for file in (speaker_file, tmp_path / "half.ckpt"))
    assert (half - whole).norm() < 0.02 * whole.norm()


@pytest.mark.parametrize(
    ("name", "shape", "why"),
    [
        (
            "conv1.weight",
            (8, 3, 3, 3),
            "conv1.weight .* has the shape \\(8, 3, 3, 3\\) where \\(8, 1, 3, 3\\) is needed",
        ),
        ("conv1.weight", (), "conv1.weight .* is empty"),
        ("layer3.0.conv3.weight", (), "layer3.0.conv3.weight .* is empty"),
        ("layer3.0.convs.0.weight", (0, 4, 3, 3), "layer3.0.convs.0.weight .* is empty"),
        ("layer2.0.conv1.weight", (8, 9, 1, 1), "layer2.0.conv1.weight"),
        ("layer2.0.convs.1.weight", (3, 2, 3, 3), "layer2.0.bns.1.weight"),
        ("layer4.0.shortcut.0.weight", (2047, 16, 1, 1), "layer4.0.shortcut"),
        ("layer3_ds.weight", (2048, 15, 3, 3), "layer3_ds.weight"),
        ("fuse34.local_att.3.weight", (8, 8, 1, 1), "fuse34.local_att"),
    ],
)
def test_parts_that_do_not_fit_are_refused(speaker_file: Path, tmp_path: Path, name: str, shape: tuple, why: str):
    weights = torch.load(speaker_file, weights_only=True)
    weights[name] = torch.zeros(shape)
    torch.save(weights, tmp_path / "odd.ckpt")
    with pytest.raises(FeatureModelRefused, match=why) as refusal:
        load_speaker(tmp_path / "odd.ckpt")
    assert "无法使用" in refusal.value.chinese


@pytest.mark.parametrize(
    "name", ["bn1.running_var", "layer1.0.bns.3.weight", "layer4.0.conv3.weight", "layer3_ds.weight"]
)
def test_a_missing_part_is_named(speaker_file: Path, tmp_path: Path, name: str):
    weights = torch.load(speaker_file, weights_only=True)
    del weights[name]
    torch.save(weights, tmp_path / "less.ckpt")
    with pytest.raises(FeatureModelRefused, match=f"lacks the tensor {name}"):
        load_speaker(tmp_path / "less.ckpt")
