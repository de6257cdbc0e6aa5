"""Arrays, rates and 16-bit numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import audio
from tests.support.recordings import chirp, likeness


@given(st.binary().filter(lambda pcm: len(pcm) % 2 == 0))
def test_pcm_comes_back_bit_by_bit(pcm: bytes) -> None:
    assert audio.to_pcm16(audio.from_pcm16(pcm)) == pcm


def test_pcm_is_scaled_to_one() -> None:
    samples = audio.from_pcm16(np.array([-32768, -16384, 0, 16384, 32767], "<i2").tobytes())

    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, [-1, -0.5, 0, 0.5, 32767 / 32768])


@pytest.mark.parametrize("pcm", [b"\0\1\0", bytearray(b"\0\1\0"), memoryview(b"\0\1\0")])
def test_half_a_sample_is_dropped(pcm: bytes) -> None:
    np.testing.assert_array_equal(audio.from_pcm16(pcm), [256 / 32768])


def test_too_loud_is_clipped_and_no_number_is_silence() -> None:
    wild = np.array([1.0, 1.5, 1e30, -1.0, -1.5, np.nan, np.inf, -np.inf, 0.5])

    written = np.frombuffer(audio.to_pcm16(wild), "<i2")

    np.testing.assert_array_equal(written, [32767, 32767, 32767, -32768, -32768, 0, 0, 0, 16384])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_every_float_is_taken(kind: type) -> None:
    assert audio.to_pcm16(np.array([0.5, -0.25], kind)) == np.array([16384, -8192], "<i2").tobytes()


@given(arrays.arrays(np.float32, st.integers(0, 50)))
def test_no_sample_wraps_around(samples: np.ndarray) -> None:
    written = np.frombuffer(audio.to_pcm16(samples), "<i2")

    finite = np.where(np.isfinite(samples), samples, 0)
    assert len(written) == len(samples)
    assert np.all((np.sign(written) == np.sign(finite)) | (np.abs(written) <= 1))


@pytest.mark.parametrize(("from_hz", "to_hz"), [(44_100, 16_000), (8_000, 16_000), (48_000, 16_000), (16_000, 24_000)])
def test_resampling_keeps_the_sound(from_hz: int, to_hz: int) -> None:
    changed = audio.resample(chirp(1, from_hz), from_hz, to_hz)

    assert changed.dtype == np.float32
    assert len(changed) == to_hz
    np.testing.assert_allclose(changed[500:-500], chirp(1, to_hz)[500:-500], atol=0.01)


def test_resampling_removes_what_the_new_rate_cannot_hold() -> None:
    too_high = np.sin(2 * np.pi * 11_000 * np.arange(48_000) / 48_000).astype(np.float32)

    assert np.abs(audio.resample(too_high, 48_000, 16_000)[500:-500]).max() < 0.001


def test_resampling_stays_in_bounds() -> None:
    square = np.sign(chirp())

    assert np.abs(audio.resample(square, 16_000, 48_000)).max() <= 1


def test_the_same_rate_changes_nothing() -> None:
    np.testing.assert_array_equal(audio.resample(chirp(), 16_000, 16_000), chirp())


@pytest.mark.parametrize("samples", [0, 1, 2, 10])
def test_resampling_hardly_any_sound(samples: int) -> None:
    assert len(audio.resample(chirp()[:samples], 16_000, 8_000)) in (samples // 2, (samples + 1) // 2)


def test_strided_samples_become_contiguous() -> None:
    every_other = chirp(2)[::2]

    assert audio.resample(every_other, 16_000, 16_000).flags.c_contiguous
    assert likeness(audio.resample(every_other, 8_000, 16_000), 16_000, chirp(2)) > 0.99


def test_duration_comes_from_the_rate() -> None:
    assert audio.Audio(np.zeros(12_000, np.float32), 24_000).duration_s == 0.5
