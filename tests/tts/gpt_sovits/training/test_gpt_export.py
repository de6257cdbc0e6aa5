"""Exported weights have upstream's names, shapes and precision, run nothing when they are read, and speak."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.support.gpt_features import Watch, write_features
from tests.support.speaking import spoken
from tests.support.studio_work import training_vectors
from tts.gpt_sovits.checkpoint import read_semantic
from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.loading import Weights
from tts.gpt_sovits.training.gpt_export import export_gpt, export_path
from tts.gpt_sovits.training.gpt_options import GptOptions, GptPaths
from tts.gpt_sovits.training.gpt_run import train_gpt
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.text_to_semantic import TextToSemantic

OPTIONS = GptOptions("bob", epochs=2)
TEXT = "今天天气真不错，我们一起去公园散步。"


def upstream_layout(layers: int) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and type of each tensor of a released model, with fewer layers."""
    rows = [line.split("\t") for line in (training_vectors() / "s1_keys.tsv").read_text("utf-8").splitlines()]
    assert len(rows) == 295
    return {
        name: (ast.literal_eval(shape), kind)
        for name, shape, kind in rows
        if not (layer := re.search(r"layers\.(\d+)\.", name)) or int(layer[1]) < layers
    }


def test_every_name_shape_and_type_is_upstreams(tmp_path: Path):
    """All of a layer are alike, so two stand for the 24 of a released model, which `test_all_layers` counts."""
    config = SemanticConfig(layer_count=2)
    path = export_path(tmp_path, "bob", 7)
    export_gpt(path, TextToSemantic(config).state_dict(), config, OPTIONS, 7)
    content = torch.load(path, weights_only=True)
    found = {
        name: (tuple(each.shape), str(each.dtype).removeprefix("torch.")) for name, each in content["weight"].items()
    }
    assert found == upstream_layout(2)
    assert list(found) == list(upstream_layout(2))
    assert path.name == "bob-e7.ckpt"
    assert content["info"] == "GPT-e7"
    assert content["config"]["data"]["max_sec"] == 54
    assert content["config"]["model"]["n_layer"] == 2
    assert path.read_bytes()[:2] == b"PK"


def test_all_layers():
    with torch.device("meta"):
        names = [f"model.{name}" for name in TextToSemantic(SemanticConfig()).state_dict()]
    assert sorted(names) == sorted(upstream_layout(24))


def test_our_reader_takes_it(tmp_path: Path):
    config = SemanticConfig(embedding_dim=64, hidden_dim=64, head_count=4, layer_count=2, max_seconds=30)
    model = TextToSemantic(config)
    export_gpt(tmp_path / "a.ckpt", model.state_dict(), config, OPTIONS, 1)
    checkpoint = read_semantic(tmp_path / "a.ckpt")
    assert checkpoint.config == config
    assert checkpoint.info == "GPT-e1"
    assert all(torch.equal(tensor.half(), checkpoint.weights[name]) for name, tensor in model.state_dict().items())
    assert [path.name for path in tmp_path.iterdir()] == ["a.ckpt"]


def test_what_half_precision_cannot_hold_is_not_exported(tmp_path: Path):
    config = SemanticConfig(embedding_dim=64, hidden_dim=64, head_count=4, layer_count=1)
    weights = TextToSemantic(config).state_dict()
    weights["ar_predict_layer.weight"][0, 0] = 1e5
    with pytest.raises(TrainingRefused, match="diverged"):
        export_gpt(tmp_path / "a.ckpt", weights, config, OPTIONS, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.anyio
async def test_the_engine_speaks_with_what_was_trained(exact_engine: GPTSoVITS, files: GPTSoVITSFiles, tmp_path: Path):
    assert files.gpt
    assert files.sovits
    write_features(tmp_path / "experiment", count=4)
    paths = GptPaths(tmp_path / "experiment", files.gpt, tmp_path / "run", tmp_path / "weights")
    report = train_gpt(paths, replace(OPTIONS, epochs=1), Watch())
    before = await spoken(exact_engine, TEXT)
    try:
        await exact_engine.use(Weights(report.exports[-1], files.sovits))
        after = await spoken(exact_engine, TEXT)
    finally:
        await exact_engine.use(Weights(files.gpt, files.sovits))
    assert len(after) > 16000
    assert after != before
