from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.funasr_engine import SenseVoice
from asr.recognizer import RATE_HZ

ASSETS = Path(__file__).parents[1] / "assets"


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SenseVoiceSmall with random weights; copy it before breaking it."""
    for package in ("torch", "funasr", "kaldi_native_fbank", "sentencepiece"):
        if find_spec(package) is None:  # importing funasr whole, as importorskip would, takes half a minute
            pytest.skip(f"{package} is not installed: `pip install -r requirements-ml.txt`")
    from tests.support.tiny_sensevoice import write_tiny_sensevoice

    return write_tiny_sensevoice(tmp_path_factory.mktemp("models") / "SenseVoiceSmall")


@pytest.fixture(scope="session")
def sensevoice(tiny_folder: Path) -> Iterator[SenseVoice]:
    """One loaded engine for all tests: importing torch alone takes seconds."""
    recognizer = SenseVoice(tiny_folder, threads=1)
    recognizer.load()
    yield recognizer
    recognizer.close()


def read_asset(name: str) -> np.ndarray:
    samples, rate_hz = soundfile.read(ASSETS / name, dtype="float32")
    assert rate_hz == RATE_HZ
    return samples


@pytest.fixture(scope="session")
def english() -> np.ndarray:
    """Eleven seconds of clear English."""
    return read_asset("jfk.wav")


@pytest.fixture(scope="session")
def chinese() -> np.ndarray:
    """Four seconds of clear Mandarin."""
    return read_asset("aishell.wav")
