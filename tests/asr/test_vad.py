"""Speech is told from what is none, by the real network."""

from pathlib import Path

import numpy as np
import pytest

import audio
from asr.recognizer import RATE_HZ
from asr.vad import FRAME, SpeechDetector, find_vad

ASSETS = Path(__file__).parents[1] / "assets"


@pytest.fixture(scope="module")
def detector() -> SpeechDetector:
    model = find_vad()
    if model is None:
        pytest.skip("silero-vad or onnxruntime is not installed")
    return SpeechDetector(model)


def samples_of(name: str) -> np.ndarray:
    sound = audio.decode((ASSETS / name).read_bytes(), 60)
    return audio.resample(sound.samples, sound.rate_hz, RATE_HZ)


@pytest.mark.parametrize("name", ["aishell.wav", "jfk.wav"])
def test_most_of_a_spoken_sentence_is_speech(detector: SpeechDetector, name: str):
    samples = samples_of(name)
    assert detector.speech_s(samples) > 0.5 * len(samples) / RATE_HZ


def test_noise_a_hum_and_silence_are_no_speech(detector: SpeechDetector):
    t = np.arange(4 * RATE_HZ) / RATE_HZ
    noise = np.random.default_rng(0).normal(0, 0.05, len(t)).astype(np.float32)
    for sound in (np.zeros(len(t), np.float32), noise, (0.3 * np.sin(2 * np.pi * 100 * t)).astype(np.float32)):
        assert detector.speech_s(sound) < 0.1


def test_the_last_frame_counts_although_it_is_short(detector: SpeechDetector):
    assert len(detector.probabilities(np.zeros(FRAME + 1, np.float32))) == 2
    assert len(detector.probabilities(np.zeros(0, np.float32))) == 0
    assert detector.speech_s(np.zeros(0, np.float32)) == 0


def test_one_recording_does_not_change_the_next(detector: SpeechDetector):
    silence = np.zeros(RATE_HZ, np.float32)
    before = detector.probabilities(silence)
    detector.probabilities(samples_of("jfk.wav"))
    assert (detector.probabilities(silence) == before).all()
