"""Names and shapes of all tensors follow from the sizes of a model; the lists were taken from upstream's own models."""

import ast
import lzma
from pathlib import Path

import pytest

from tts.gpt_sovits.config import VERSIONS, SemanticConfig, Version, upstream_acoustic
from tts.gpt_sovits.shapes import UNUSED_BY_INFERENCE, Shapes, acoustic_shapes, semantic_shapes

KEYS = Path(__file__).parents[2] / "assets" / "gpt_sovits_keys"


def upstream_shapes(name: str) -> Shapes:
    lines = lzma.decompress((KEYS / f"{name}.tsv.xz").read_bytes()).decode().splitlines()
    return {key: ast.literal_eval(shape) for key, shape, _ in (line.split("\t") for line in lines)}


def test_the_semantic_model_has_upstreams_tensors():
    ours = {f"model.{name}": shape for name, shape in semantic_shapes(SemanticConfig()).items()}
    assert ours == upstream_shapes("s1")
    assert len(ours) == 295


@pytest.mark.parametrize("version", VERSIONS)
def test_the_acoustic_model_has_upstreams_tensors_but_for_what_training_counts(version: Version):
    upstream = upstream_shapes(f"s2_{version}")
    for name in UNUSED_BY_INFERENCE:
        del upstream[name]
    assert acoustic_shapes(upstream_acoustic(version)) == upstream
