"""Our use of Silero VAD against stored probabilities."""

import importlib.util
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from clients.bounds import FRAME
from clients.silero import Silero
from clients.troubles import ClientTrouble
from tests.support.client_cases import client_cases

ROOT = Path(__file__).parents[2]
TOLERANCE = 1e-3
needs_silero = pytest.mark.skipif(
    not importlib.util.find_spec("silero_vad"), reason="pip install --no-deps -r requirements-vad.txt was not run"
)


def samples_of(case: dict) -> np.ndarray:
    if "file" in case:
        with wave.open(str(ROOT / case["file"])) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    if "zero_samples" in case:
        return np.zeros(case["zero_samples"], np.float32)
    x, made = 1, []
    for _ in range(case["noise_samples"]):
        x = (1664525 * x + 1013904223) % 2**32
        made.append(0.1 * (x / 2**31 - 1))
    return np.array(made, np.float32)


def probabilities(vad: Silero, samples: np.ndarray) -> list[float]:
    return [vad(samples[at : at + FRAME]) for at in range(0, len(samples) - FRAME + 1, FRAME)]


@needs_silero
@client_cases("silero")
def test_probabilities(case):
    assert probabilities(Silero(), samples_of(case)) == pytest.approx(case["want"], abs=TOLERANCE)


@needs_silero
def test_reset_forgets_everything():
    vad, noise = Silero(), np.random.default_rng(1).normal(0, 0.3, 10 * FRAME).astype(np.float32)
    first = probabilities(vad, noise)
    assert probabilities(vad, noise) != first
    vad.reset()
    assert probabilities(vad, noise) == first


@needs_silero
def test_the_package_itself_is_never_imported():
    probe = "import sys; from clients.silero import Silero; Silero(); print(*[n in sys.modules for n in sys.argv[1:]])"
    done = subprocess.run(
        [sys.executable, "-c", probe, "silero_vad", "torch"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ClientTrouble, match=r"pip install --no-deps") as caught:
        Silero()
    assert "未安装" in caught.value.chinese
