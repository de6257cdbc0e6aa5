"""Three small ONNX models of the shapes that the openWakeWord family has, with weights that are not random."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

MEMORY = 16
ROWS, BANDS, FEATURES = 76, 32, 96


def write_models(folder: Path, bias: float = 0.0) -> Path:
    """The path of the wake word; its score follows how loud the last 1.3 s were."""
    _write_spectrum(folder)
    _write_embedding(folder)
    weight = (np.cos(np.arange(MEMORY * FEATURES)) / 50 + 0.004).astype(np.float32)[:, None]
    nodes = [
        ("Flatten", ["input"], "flat", {}),
        ("MatMul", ["flat", "weight"], "sum", {}),
        ("Add", ["sum", "bias"], "shifted", {}),
        ("Sigmoid", ["shifted"], "output", {}),
    ]
    weights = {"weight": weight, "bias": np.array([bias], np.float32)}
    return _save(folder / "hey_test.onnx", nodes, weights, [1, MEMORY, FEATURES], [1, 1])


def _write_spectrum(folder: Path) -> None:
    t, pitch = np.arange(512) / 16_000, np.linspace(100, 4000, BANDS)[:, None]
    filters = (np.sin(2 * np.pi * pitch * t) / 512 / 30).astype(np.float32)[:, None]
    nodes = [
        ("Unsqueeze", ["input", "first"], "wide", {}),
        ("Conv", ["wide", "filters"], "bands", {"strides": [160]}),
        ("Abs", ["bands"], "loud", {}),
        ("Transpose", ["loud"], "rows", {"perm": [0, 2, 1]}),
        ("Unsqueeze", ["rows", "first"], "output", {}),
    ]
    weights = {"filters": filters, "first": np.array([1], np.int64)}
    _save(folder / "melspectrogram.onnx", nodes, weights, [1, "samples"], [1, 1, "rows", BANDS])


def _write_embedding(folder: Path) -> None:
    mix = np.zeros((ROWS * BANDS, FEATURES), np.float32)
    mix[np.arange(ROWS * BANDS), np.arange(ROWS * BANDS) % FEATURES] = 1 / ROWS
    nodes = [
        ("Flatten", ["input"], "flat", {}),
        ("MatMul", ["flat", "mix"], "sums", {}),
        ("Reshape", ["sums", "shape"], "output", {}),
    ]
    weights = {"mix": mix, "shape": np.array([-1, 1, 1, FEATURES], np.int64)}
    _save(folder / "embedding_model.onnx", nodes, weights, ["windows", ROWS, BANDS, 1], ["windows", 1, 1, FEATURES])


def _save(path: Path, nodes: list[Any], weights: dict[str, np.ndarray], content: list[Any], result: list[Any]) -> Path:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed (requirements-dev.txt)")
    helper, kind = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node(name, inputs, [output], **settings) for name, inputs, output, settings in nodes],
        path.stem,
        [helper.make_tensor_value_info("input", kind, content)],
        [helper.make_tensor_value_info("output", kind, result)],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))
    return path
