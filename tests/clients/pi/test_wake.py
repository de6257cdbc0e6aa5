"""The wake word's chain of models, against what the openWakeWord package makes of the same files."""

import wave
from pathlib import Path

import numpy as np
import pytest

from clients.pi.wake import REFRACTORY_STEPS, STEP, WakeWord, find_model
from launch.words import Refusal
from tests.clients.pi.tiny_wake_word import MEMORY, write_models

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (requirements-clients.txt)")
JFK = Path(__file__).parents[2] / "assets" / "jfk.wav"
REFERENCE = {30: 0.473, 45: 0.34664, 60: 0.40053, 75: 0.33426, 90: 0.3867, 105: 0.36208, 120: 0.39297, 135: 0.35718}
"""Step -> score of openwakeword 0.6.0 with onnxruntime, given write_models(bias=-5) and jfk.wav in parts of 1280."""


def speech() -> np.ndarray:
    with wave.open(str(JFK)) as file:
        return (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767).astype(np.float32)


class CountingWakeWord(WakeWord):
    """Keeps its scores."""

    scores: list[float]

    def _score(self, samples: np.ndarray) -> float:
        score = super()._score(samples)
        self.scores.append(score)
        return score


@pytest.mark.parametrize("size", [512, 1280, 333])
def test_scores_are_those_of_the_package_however_the_frames_are_cut(size: int, tmp_path: Path):
    word = CountingWakeWord(write_models(tmp_path, bias=-5))
    word.scores = []
    sound = speech()
    for begin in range(0, len(sound), size):
        word(sound[begin : begin + size])
    for step, score in REFERENCE.items():
        assert word.scores[step] == pytest.approx(score, abs=2e-4)


class Scripted:
    """Stands for all three models: the score is the mean of the newest spectrum row."""

    def __init__(self, path: Path):
        self.name = path.name

    def get_inputs(self) -> list:
        return [type("Input", (), {"name": "input", "shape": [1, MEMORY, 96]})]

    def run(self, _: object, content: dict[str, np.ndarray]) -> list[np.ndarray]:
        given = content["input"]
        if self.name == "melspectrogram.onnx":
            return [np.full((1, 1, 8, 32), given[0, -1] / 32767 * 10 - 20, np.float32)]
        if self.name == "embedding_model.onnx":
            return [np.full((1, 1, 1, 96), given[0, -1, 0, 0], np.float32)]
        return [given[:, -1, :1]]


def heard(word: WakeWord, levels: list[float]) -> list[int]:
    return [number for number, level in enumerate(levels) if word(np.full(STEP, level, np.float32))]


@pytest.fixture
def word(tmp_path: Path) -> WakeWord:
    for name in ("melspectrogram.onnx", "embedding_model.onnx", "hey.onnx"):
        (tmp_path / name).touch()
    return WakeWord(tmp_path / "hey.onnx", open_model=Scripted)


def test_a_word_is_reported_once_and_the_next_one_again(word: WakeWord):
    levels = [0.0] * MEMORY + [0.9] * 4 + [0.0] * REFRACTORY_STEPS + [0.9, 0.0]
    assert heard(word, levels) == [MEMORY, MEMORY + 4 + REFRACTORY_STEPS]


def test_nothing_is_reported_before_the_memory_is_filled(word: WakeWord):
    assert heard(word, [0.9] * MEMORY) == []


def test_what_does_not_reach_the_threshold_is_not_the_word(word: WakeWord):
    assert heard(word, [0.0] * MEMORY + [0.49, 0.3]) == []


def test_the_only_model_of_a_folder_is_found(tmp_path: Path):
    with pytest.raises(Refusal, match=r"three files in one folder"):
        find_model(tmp_path)
    write_models(tmp_path)
    assert find_model(tmp_path) == tmp_path / "hey_test.onnx"
    (tmp_path / "other.onnx").touch()
    with pytest.raises(Refusal, match=r"hey_test\.onnx, other\.onnx"):
        find_model(tmp_path)


def test_a_missing_or_broken_model_is_named(tmp_path: Path):
    model = write_models(tmp_path)
    (tmp_path / "embedding_model.onnx").unlink()
    with pytest.raises(Refusal, match=r"embedding_model\.onnx is missing"):
        WakeWord(model)
    (tmp_path / "embedding_model.onnx").write_bytes(b"no model")
    with pytest.raises(Refusal, match="no ONNX model"):
        WakeWord(model)
