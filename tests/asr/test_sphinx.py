"""The demonstration with its real model: what it hears, and above all what it does not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from asr.recognizer import GET_MODEL, RATE_HZ, Heard, RecognitionFailed, SpeechModelMissing
from asr.sphinx_engine import PocketSphinx

if find_spec("pocketsphinx") is None:
    pytest.skip("pocketsphinx is not installed: `pip install -r requirements-demo.txt`", allow_module_level=True)

ROOT = Path(__file__).parents[2]
TIME_S = np.arange(RATE_HZ) / RATE_HZ


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(len(TIME_S))


NOISES = {
    "silence": 0 * TIME_S,
    "white noise": 0.1 * noise(1),
    "faint noise": 0.001 * noise(2),
    "tone": 0.3 * np.sin(2 * np.pi * 440 * TIME_S),
    "hum": np.sum([0.2 / k * np.sin(2 * np.pi * 50 * k * TIME_S) for k in range(1, 9)], axis=0),
    "clicks": np.where(np.random.default_rng(3).random(len(TIME_S)) < 2e-4, 0.9, 0.0),
    "gust": 0.2 * noise(4) * np.sin(np.pi * TIME_S),
    "chime": 0.3 * np.exp(-3 * (TIME_S % 1)) * np.sin(2 * np.pi * 880 * TIME_S),
}


@pytest.fixture(scope="module")
def recognizer() -> Iterator[PocketSphinx]:
    recognizer = PocketSphinx()
    recognizer.load()
    yield recognizer
    recognizer.close()


@pytest.fixture
def few_words(english: np.ndarray) -> np.ndarray:
    """And so, my fellow Americans, whole: a word that is cut off sounds like another language."""
    return english[int(0.3 * RATE_HZ) : int(2.3 * RATE_HZ)]


@pytest.mark.slow
def test_clear_english_is_heard(recognizer: PocketSphinx, english: np.ndarray):
    heard = recognizer.transcribe(english)
    assert "your country" in heard.text
    assert (heard.language, heard.emotion, heard.event) == ("en", "", "")


def test_the_same_recording_gives_the_same_text_whatever_came_before(recognizer: PocketSphinx, few_words: np.ndarray):
    first = recognizer.transcribe(few_words)
    assert first.text
    recognizer.transcribe(noise(0).astype(np.float32))
    assert recognizer.transcribe(few_words) == first


def test_loudness_does_not_matter(recognizer: PocketSphinx, few_words: np.ndarray):
    assert recognizer.transcribe(few_words * np.float32(0.125)) == recognizer.transcribe(few_words)


def test_chinese_is_refused_with_the_command_that_helps(recognizer: PocketSphinx, chinese: np.ndarray):
    with pytest.raises(SpeechModelMissing, match="speech model not installed") as raised:
        recognizer.transcribe(chinese)
    assert GET_MODEL in str(raised.value)


@pytest.mark.parametrize("hint", ["zh-CN", "yue", "fr"])
def test_any_other_language_that_is_named_is_refused(recognizer: PocketSphinx, few_words: np.ndarray, hint: str):
    with pytest.raises(SpeechModelMissing, match=f"knows English only, and .*{hint[:2]}.*speech model not installed"):
        recognizer.transcribe(few_words, hint)


@pytest.mark.parametrize("hint", ["auto", "EN-us"])
def test_english_by_any_of_its_names_is_heard(recognizer: PocketSphinx, few_words: np.ndarray, hint: str):
    assert recognizer.transcribe(few_words, hint).text


@pytest.mark.parametrize("name", NOISES)
def test_noise_says_nothing(recognizer: PocketSphinx, name: str):
    assert recognizer.transcribe(NOISES[name].astype(np.float32)) == Heard("")


@pytest.mark.parametrize("name", ["silence", "white noise"])
def test_noise_says_nothing_when_another_language_is_expected_either(recognizer: PocketSphinx, name: str):
    assert recognizer.transcribe(NOISES[name].astype(np.float32), "zh") == Heard("")


def test_before_it_is_loaded_it_says_so(english: np.ndarray):
    with pytest.raises(RecognitionFailed, match="not loaded"):
        PocketSphinx().transcribe(english)


def test_no_recording_ends_the_process_or_prints():
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.bad_audio"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    refused = {name for name, text in report["heard"].items() if text.startswith("RecognitionFailed")}
    assert refused == {"NaN", "one NaN", "inf", "int16", "stereo", "(1, n)", "no dimension"}
    assert not any(text for name, text in report["heard"].items() if name not in refused)
    assert report["reached"] == []
