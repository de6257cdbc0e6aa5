"""Products with 8-bit weights: sums are exact, and each row's result is its own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from tts.gpt_sovits.semantic.compiled.dot import LARGEST, MOST_INPUTS, is_supported
from tts.gpt_sovits.semantic.compiled.linear import multiply, quantize

pytestmark = pytest.mark.skipif(not is_supported(), reason="the processor lacks AVX2")


def multiplied(weights: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Without scales and bias."""
    outputs, rows = len(weights), len(codes)
    y = np.full((rows, outputs), np.nan, np.float32)
    ones = np.ones(max(rows, outputs), np.float32)
    multiply(weights, ones, np.zeros(outputs, np.float32), codes, ones[:rows], y)
    return y


@settings(max_examples=60)
@given(
    rows=st.integers(1, 11),
    inputs=st.integers(1, 32).map(lambda n: 64 * n),
    outputs=st.integers(1, 6),
    seed=st.integers(0),
)
def test_sums_are_exact_for_any_number_of_rows(rows: int, inputs: int, outputs: int, seed: int):
    source = np.random.default_rng(seed)
    weights = source.integers(-127, 128, (64 * outputs, inputs), np.int8)
    codes = source.integers(-LARGEST, LARGEST + 1, (rows, inputs), np.int16)
    exact = codes.astype(np.int64) @ weights.T.astype(np.int64)
    np.testing.assert_array_equal(multiplied(weights, codes), exact.astype(np.float32))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_numbers_do_not_overflow(sign: int):
    inputs = MOST_INPUTS // 64 * 64
    assert inputs == 2048
    weights = np.full((64, inputs), sign * 127, np.int8)
    codes = np.full((5, inputs), LARGEST, np.int16)
    np.testing.assert_array_equal(multiplied(weights, codes), np.float32(sign * 127 * LARGEST * inputs))


def test_scales_and_bias_give_the_true_size():
    source = np.random.default_rng(1)
    weights, codes = source.integers(-127, 128, (64, 64), np.int8), source.integers(-99, 100, (3, 64), np.int16)
    weight_scales, bias, scales = (source.random(count, np.float32) for count in (64, 64, 3))
    y = np.empty((3, 64), np.float32)
    multiply(weights, weight_scales, bias, codes, scales, y)
    expected = (codes.astype(float) @ weights.T.astype(float)) * scales[:, None] * weight_scales + bias
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-5)


@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=40), st.sampled_from([1.0, 1e-6, 1e6]))
def test_activations_keep_fourteen_bits(values: list[float], size: float):
    x = (np.array([values, values[::-1]]) * size).astype(np.float32)
    codes, scales = np.empty(x.shape, np.int16), np.empty(2, np.float32)
    quantize(x, codes, scales)
    assert np.abs(codes).max() <= LARGEST
    peak = np.abs(x).max()
    assert np.abs(codes * scales[:, None].astype(float) - x).max() <= 0.5001 * peak / LARGEST + 1e-15
    if peak > 1e-9:
        assert np.abs(codes[0]).max() == LARGEST


def test_a_row_of_zeros_stays_zero():
    codes, scales = np.ones((1, 64), np.int16), np.ones(1, np.float32)
    quantize(np.zeros((1, 64), np.float32), codes, scales)
    assert not codes.any()
    assert np.isfinite(scales).all()
