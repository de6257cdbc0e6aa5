import numpy as np
import pytest

from asr.recognizer import RATE_HZ, RecognitionFailed
from asr.utterance import SILENT_PEAK, audible

TONE = (0.5 * np.sin(np.arange(RATE_HZ) * 0.2)).astype(np.float32)


@pytest.mark.parametrize("length", [0, 1, 100, 399, 400, 1599])
def test_less_than_a_tenth_of_a_second_is_nothing(length: int):
    assert audible(TONE[:length]) is None


def test_a_tenth_of_a_second_is_enough():
    assert audible(TONE[:1600]) is not None


@pytest.mark.parametrize("level", [0.0, 1 / 32768, SILENT_PEAK / 2])
def test_digital_silence_and_dither_are_nothing(level: float):
    assert audible(np.full(RATE_HZ, level, np.float32)) is None


def test_a_whisper_is_something():
    assert audible(TONE * np.float32(0.001)) is not None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_value_that_is_no_number_is_refused(value: float):
    broken = TONE.copy()
    broken[77] = value
    with pytest.raises(RecognitionFailed, match="no numbers"):
        audible(broken)


@pytest.mark.parametrize("samples", [np.stack([TONE, TONE], 1), TONE[None], np.float32(0.5) * np.ones(())])
def test_anything_but_one_channel_is_refused(samples: np.ndarray):
    with pytest.raises(RecognitionFailed, match="shape"):
        audible(samples)


def test_integers_are_refused_rather_than_taken_for_floats():
    with pytest.raises(RecognitionFailed, match="int16"):
        audible((TONE * 32767).astype(np.int16))


@pytest.mark.parametrize(
    "samples",
    [TONE, TONE.astype(np.float64), TONE.astype(np.float16), np.repeat(TONE, 2)[::2], TONE[::-1], TONE * 1e30],
)
def test_floats_of_any_kind_become_contiguous_float32_within_one(samples: np.ndarray):
    sound = audible(samples)
    assert sound is not None
    assert sound.dtype == np.float32
    assert sound.flags.c_contiguous
    assert np.abs(sound).max() <= 1


def test_sound_within_one_keeps_its_loudness():
    sound = audible(TONE)
    assert sound is not None
    assert np.array_equal(sound, TONE)
