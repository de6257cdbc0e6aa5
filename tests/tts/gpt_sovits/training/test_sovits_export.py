"""Exported weights: upstream's names, shapes and marks, nothing that runs, and a voice that our engine speaks with."""

import asyncio
import lzma
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.support.sovits_features import OPTIONS, narrow_config, write_base
from tests.support.speaking import spoken
from tts.gpt_sovits.acoustic.model import AcousticModel, load_acoustic
from tts.gpt_sovits.checkpoint import read_acoustic
from tts.gpt_sovits.config import VERSIONS, Version, upstream_acoustic
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.training.discriminators import Discriminators, periods_of
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.sovits_base import base_discriminators, base_generator, read_base
from tts.gpt_sovits.training.sovits_export import export_path, export_sovits, exported_weights
from tts.gpt_sovits.training.sovits_generator import Batch, Generator

KEYS = Path(__file__).parents[3] / "assets" / "gpt_sovits_keys"
MARKS: dict[Version, bytes] = {"v2": b"PK", "v2Pro": b"05", "v2ProPlus": b"06"}


def trained_generator(version: Version, folder: Path) -> Generator:
    """Weights that float16 can hold, so that an export has the same."""
    write_base(folder / "base.pth", version, seed=5)
    return base_generator(read_base(folder / "base.pth"), folder / "base.pth", OPTIONS.segment_frames).eval()


def exported(version: Version, folder: Path) -> tuple[Generator, Path]:
    generator = trained_generator(version, folder)
    path = export_path(folder, "voice", 2, 34)
    export_sovits(path, generator.state_dict(), generator.config, OPTIONS, 2, 34)
    return generator, path


def unmarked(path: Path) -> dict:
    """As upstream opens it: the mark gives way to a zip file's, and nothing but plain values is allowed."""
    data = bytearray(path.read_bytes())
    data[:2] = b"PK"
    copy = path.with_suffix(".zip")
    copy.write_bytes(data)
    return torch.load(copy, weights_only=True)


@pytest.mark.parametrize(
    "version", [pytest.param("v2", marks=pytest.mark.slow), "v2Pro", pytest.param("v2ProPlus", marks=pytest.mark.slow)]
)
def test_every_key_shape_and_type_is_upstreams(version: Version):
    with torch.device("meta"):
        generator = Generator(upstream_acoustic(version), 32)
    zeros = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in generator.state_dict().items()}
    made = exported_weights(zeros, generator.config)
    listed = lzma.decompress((KEYS / f"s2_{version}.tsv.xz").read_bytes()).decode().splitlines()
    found = {f"{name}\t{tuple(tensor.shape)}\t{str(tensor.dtype)[6:]}" for name, tensor in made.items()}
    assert found == set(listed)
    assert len(made) == len(listed) == {"v2": 673}.get(version, 678)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_bears_its_mark_and_loads_without_running_anything(version: Version, tmp_path: Path):
    _, path = exported(version, tmp_path)
    assert path.name == "voice_e2_s34.pth"
    assert path.read_bytes()[:4] == MARKS[version] + b"\x03\x04"
    content = unmarked(path)
    assert content.keys() == {"weight", "config", "info"}
    assert content["info"] == "2epoch_34iteration"
    assert content["config"]["model"]["version"] == version
    assert content["config"]["train"]["segment_size"] == OPTIONS.segment_frames * 640
    wanted = {"filter_length", "hop_length", "win_length", "sampling_rate", "n_speakers", "n_mel_channels"}
    assert wanted <= content["config"]["data"].keys()
    assert not any("enc_q" in name for name in content["weight"])
    assert all(tensor.dtype == torch.float16 for tensor in content["weight"].values())
    assert [file.name for file in tmp_path.glob(".*")] == []


@pytest.mark.parametrize("version", ["v2", "v2Pro"])
@torch.inference_mode()
def test_what_was_trained_is_what_speaks(version: Version, tmp_path: Path):
    """Part for part, the form that learns and the form that speaks give the same."""
    generator, path = exported(version, tmp_path)
    checkpoint = read_acoustic(path)
    assert checkpoint.config == generator.config == narrow_config(version)
    model = load_acoustic(checkpoint.config, checkpoint.weights)
    batch, frames = one_clip(generator), torch.randn(1, generator.config.inter_channels, 20)
    mask = torch.ones(1, 1, 20)
    timbre, for_mixer = generator.timbre(batch, mask)
    speakers = None if batch.speakers is None else [batch.speakers]
    assert close(model.timbre([batch.spectrograms], speakers), timbre)
    conditions = model.conditions(timbre)
    tokens = generator.quantizer.tokens(batch.features)
    assert torch.equal(tokens, model.quantizer.tokens(batch.features))
    quantized = generator.quantizer(batch.features)
    expected = generator.enc_p(quantized, mask, batch.phones, torch.ones(1, 1, batch.phones.shape[1]), for_mixer)
    assert all(map(close, prior_of(model, tokens, batch.phones, conditions.mixer), expected))
    assert close(model.flow.backwards(generator.flow(frames, mask, timbre), conditions.flow), frames)
    assert close(model.vocode(frames, conditions), generator.dec(frames, generator.dec.cond(timbre)))


def one_clip(generator: Generator) -> Batch:
    config = generator.config
    return Batch(
        features=torch.randn(1, config.ssl_dim, 20),
        spectrograms=torch.rand(1, 1025, 20),
        frame_counts=torch.tensor([20]),
        sound=torch.zeros(1, 1, 12_800),
        phones=torch.tensor([[4, 90, 300, 2, 17]]),
        phone_counts=torch.tensor([5]),
        speakers=torch.randn(1, config.speaker_dim) if config.has_speaker_network else None,
    )


def prior_of(model: AcousticModel, tokens: Tensor, phones: Tensor, timbre: Tensor) -> tuple[Tensor, Tensor]:
    text = model.enc_p.encode_phones(phones)
    return model.enc_p.prior(model.enc_p.encode_frames(model.quantizer.frames(tokens), text, timbre))


def close(ours: Tensor, wanted: Tensor) -> bool:
    """Lengths are stored in float16, so that the product of length and direction is off by half a thousandth."""
    return bool((ours - wanted).abs().max() <= 2e-3 * wanted.abs().max())


def test_our_engine_speaks_with_it(files: GPTSoVITSFiles, make_engine: Callable[..., GPTSoVITS], tmp_path: Path):
    _, path = exported("v2", tmp_path)
    engine = make_engine(files=replace(files, sovits=path), cache=None)
    pcm = np.frombuffer(asyncio.run(spoken(engine, "今天天气不错，我们走吧。")), "<i2")
    assert len(pcm) > 16_000
    assert np.abs(pcm).max() > 0


def test_weights_beyond_half_precision_are_refused_and_no_file_is_left(tmp_path: Path):
    generator = trained_generator("v2", tmp_path)
    for value in (float("nan"), 1e6):
        with torch.no_grad():
            generator.dec.conv_pre.weight[0, 0, 0] = value
        with pytest.raises(TrainingRefused, match="diverged"):
            export_sovits(tmp_path / "out" / "v.pth", generator.state_dict(), generator.config, OPTIONS, 1, 1)
        assert not (tmp_path / "out").exists()


def test_the_base_keeps_its_posterior_encoder_and_its_dropout(tmp_path: Path):
    write_base(tmp_path / "base.pth", "v2", seed=3)
    base = read_base(tmp_path / "base.pth")
    assert base.has_posterior
    generator = base_generator(base, tmp_path / "base.pth", 32)
    stored = unmarked(tmp_path / "base.pth")["weight"]["enc_q.proj.weight"].float()
    assert torch.equal(generator.enc_q.proj.weight.data, stored)
    assert generator.enc_p.encoder_text.dropout.p == 0.1
    write_base(tmp_path / "pro.pth", "v2Pro")
    assert read_base(tmp_path / "pro.pth").dropout == 0


def test_a_base_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(TrainingRefused, match="does not exist"):
        read_base(tmp_path / "none.pth")
    write_base(tmp_path / "half.pth", "v2")
    content = torch.load(tmp_path / "half.pth", weights_only=True)
    del content["weight"]["enc_q.pre.bias"]
    torch.save(content, tmp_path / "half.pth")
    with pytest.raises(TrainingRefused, match="posterior encoder is incomplete"):
        base_generator(read_base(tmp_path / "half.pth"), tmp_path / "half.pth", 32)


def test_discriminators_are_read_by_upstreams_names(tmp_path: Path):
    config = narrow_config("v2")
    judges = Discriminators(periods_of("v2"), narrowing=64)
    lengths, directions = "parametrizations.weight.original0", "parametrizations.weight.original1"
    weights = {
        name.replace(lengths, "weight_g").replace(directions, "weight_v"): tensor
        for name, tensor in judges.state_dict().items()
    }
    torch.save({"weight": weights}, tmp_path / "s2D.pth")
    read = base_discriminators(tmp_path / "s2D.pth", config, 64)
    assert all(torch.equal(tensor, judges.state_dict()[name]) for name, tensor in read.state_dict().items())
    with pytest.raises(TrainingRefused, match="no discriminator of v2Pro"):
        base_discriminators(tmp_path / "s2D.pth", narrow_config("v2Pro"), 64)
    write_base(tmp_path / "s2G.pth", "v2")
    with pytest.raises(TrainingRefused, match="begins with s2D"):
        base_discriminators(tmp_path / "s2G.pth", config, 64)
