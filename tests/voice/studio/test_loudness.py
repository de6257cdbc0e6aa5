"""Levels of clips: the reference's arithmetic to the last bit, and nothing that breaks on silence."""

import json

import numpy as np
import pytest

from tests.support.studio_work import training_vectors
from tts.gpt_sovits.training.loudness import hubert_samples, wav32k_samples
from voice.studio.loudness import balanced, rms_db, truncated_pcm16


def test_levels_before_feature_extraction_are_those_of_the_reference():
    vectors = json.loads((training_vectors() / "loudness_1b.json").read_text())
    samples = np.array(vectors["x"], np.float32)
    wanted = np.array(vectors["wav32k_int16"])
    exact = (0.475 / np.abs(samples).max() + 0.5) * samples * 32768
    fits = np.abs(exact) <= 32767  # beyond, the reference wraps around
    assert fits.sum() > len(samples) / 2
    assert (wav32k_samples(samples)[fits] == wanted[fits]).all()
    assert np.allclose(hubert_samples(samples), vectors["ssl_input_before_resample"], rtol=1e-5, atol=1e-3)


def test_what_is_too_loud_is_clipped_instead_of_wrapping_around():
    loud = wav32k_samples(np.array([1.5, -1.5, 0.1], np.float32))
    assert loud.tolist()[:2] == [32767, -32768]


def test_quiet_clips_gain_and_loud_ones_hardly_change():
    tone = np.sin(np.arange(1000) / 10).astype(np.float32)
    tone /= np.abs(tone).max()
    assert np.abs(balanced(0.1 * tone)).max() == pytest.approx(0.225 + 0.075, abs=1e-6)
    assert np.abs(balanced(tone)).max() == pytest.approx(0.975, abs=1e-6)
    assert np.abs(balanced(3 * tone)).max() == pytest.approx(0.975, abs=1e-6)


def test_silence_stays_silence():
    assert not balanced(np.zeros(10, np.float32)).any()
    assert rms_db(np.zeros(10, np.float32)) == -100
    assert rms_db(np.zeros(0, np.float32)) == -100
    assert rms_db(np.ones(10, np.float32)) == 0


def test_samples_are_cut_off_towards_zero():
    assert np.frombuffer(truncated_pcm16(np.array([0.99999, -0.99999, 2.0])), "<i2").tolist() == [32766, -32766, 32767]
