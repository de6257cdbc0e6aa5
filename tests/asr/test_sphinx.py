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
TIME_S = np.arange(3 * RATE_HZ) / RATE_HZ


@pytest.fixture(scope="module")
def recognizer() -> Iterator[PocketSphinx]:
    recognizer = PocketSphinx()
    recognizer.load()
    yield recognizer
    recognizer.close()


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(len(TIME_S))


@pytest.fixture(scope="module")
def heard_english(recognizer: PocketSphinx, english: np.ndarray) -> Heard:
    return recognizer.transcribe(english)


def test_clear_english_is_heard(heard_english: Heard):
    assert "your country" in heard_english.text
    assert heard_english.language == "en"
    assert (heard_english.emotion, heard_english.event) == ("", "")


def test_the_same_recording_gives_the_same_text_whatever_came_before(
    recognizer: PocketSphinx, english: np.ndarray, heard_english: Heard
):
    recognizer.transcribe(noise(0).astype(np.float32))
    assert recognizer.transcribe(english) == heard_english


def test_loudness_does_not_matter(recognizer: PocketSphinx, english: np.ndarray):
    part = english[: 3 * RATE_HZ]
    assert recognizer.transcribe(part * np.float32(0.125)) == recognizer.transcribe(part)


@pytest.mark.parametrize("hint", ["", "auto", "en", "zh"])
def test_chinese_is_refused_with_the_command_that_helps(recognizer: PocketSphinx, chinese: np.ndarray, hint: str):
    with pytest.raises(SpeechModelMissing, match="speech model not installed") as raised:
        recognizer.transcribe(chinese, hint)
    assert GET_MODEL in str(raised.value)


@pytest.mark.parametrize("hint", ["zh", "zh-CN", "yue", "ja", "ko", "fr"])
def test_any_other_language_that_is_named_is_refused(recognizer: PocketSphinx, english: np.ndarray, hint: str):
    with pytest.raises(SpeechModelMissing):
        recognizer.transcribe(english[: 3 * RATE_HZ], hint)


@pytest.mark.parametrize("hint", ["auto", "en", "EN-us", "en_GB"])
def test_english_by_any_of_its_names_is_heard(recognizer: PocketSphinx, english: np.ndarray, hint: str):
    part = english[: 3 * RATE_HZ]
    assert recognizer.transcribe(part, hint) == recognizer.transcribe(part)
    assert recognizer.transcribe(part).text


@pytest.mark.parametrize("hint", ["", "zh", "en"])
@pytest.mark.parametrize(
    "sound",
    {
        "silence": 0 * TIME_S,
        "white noise": 0.1 * noise(1),
        "faint noise": 0.001 * noise(2),
        "tone": 0.3 * np.sin(2 * np.pi * 440 * TIME_S),
        "hum": sum(0.2 / k * np.sin(2 * np.pi * 50 * k * TIME_S) for k in range(1, 9)),
        "clicks": np.where(np.random.default_rng(3).random(len(TIME_S)) < 2e-4, 0.9, 0.0),
        "gusts": 0.2 * noise(4) * (np.sin(2 * np.pi * 0.7 * TIME_S) > 0),
        "chime": 0.3 * np.exp(-3 * (TIME_S % 1)) * np.sin(2 * np.pi * 880 * TIME_S),
    }.items(),
    ids=lambda sound: sound[0],
)
def test_noise_says_nothing_whatever_language_was_expected(
    recognizer: PocketSphinx, sound: tuple[str, np.ndarray], hint: str
):
    assert recognizer.transcribe(sound[1].astype(np.float32), hint) == Heard("")


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
