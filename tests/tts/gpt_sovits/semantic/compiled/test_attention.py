"""Compiled attention and norm against torch, and the arithmetic they rest upon."""

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch.nn import functional

from tts.gpt_sovits.config import SemanticConfig

pytest.importorskip("numba")

from tts.gpt_sovits.semantic.compiled.attention import add_and_normalize, attend, softmax, store
from tts.gpt_sovits.semantic.compiled.floats import exp_of_negative
from tts.gpt_sovits.semantic.compiled.slots import TiledSlots


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=16, max_size=16))
@example([0.0, -0.0, 1.0, 1.00390625, 1.01171875, 1e-30, 3.3895e38 / 2, *[2.5] * 9])
def test_bfloat16_is_rounded_as_torch_does(values: list[float]):
    slots = TiledSlots(config(heads=1, head_dim=16), 1, 40)
    keys, values_ = bits(slots)
    store(np.array(values, np.float32), -np.array(values, np.float32), keys, values_, 21)
    expected = torch.tensor(values, dtype=torch.float32).bfloat16()
    torch.testing.assert_close(slots.keys[0, 0, 1, 0, :, 5], expected, rtol=0, atol=0)
    torch.testing.assert_close(slots.values[0, 0, 1, 0, 5], -expected, rtol=0, atol=0)


@given(st.floats(-87, 0, width=32))
@example(0.0)
@example(-87.0)
def test_the_exponential_is_exact_to_rounding(x: float):
    assert exp_of_negative(np.float32(x)) == pytest.approx(np.exp(np.float64(np.float32(x))), rel=3e-7)


@given(st.floats(-(2.0**100), -87, width=32))
def test_far_below_zero_the_exponential_is_next_to_nothing(x: float):
    assert 0 <= exp_of_negative(np.float32(x)) < 1e-37


@given(st.lists(st.floats(-80, 80, width=32), min_size=1, max_size=60), st.floats(2.0**-6, 1, width=32))
def test_chances_sum_to_one(values: list[float], scale: float):
    x = np.array([*values, -np.inf], np.float32)
    softmax(x, np.float32(scale))
    expected = (torch.tensor([*values, -torch.inf]) * scale).softmax(0).numpy()
    np.testing.assert_allclose(x, expected, rtol=3e-5, atol=1e-7)


@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 300])
@pytest.mark.parametrize(("heads", "head_dim"), [(1, 64), (4, 16), (16, 32), (2, 48), (3, 64)])
def test_it_attends_as_torch_does(heads: int, head_dim: int, length: int):
    source = torch.Generator().manual_seed(length)
    query, key, value = (torch.randn(heads, places, head_dim, generator=source) for places in (1, length, length))
    slots = TiledSlots(config(heads, head_dim), 1, length + 3)
    slots.fill(0, 0, key[:, :-1], value[:, :-1])
    keys, values = bits(slots)
    store(key[:, -1].flatten().numpy(), value[:, -1].flatten().numpy(), keys, values, length - 1)
    mixed = np.empty(heads * head_dim, np.float32)
    attend(query.flatten().numpy(), keys, values, length, np.empty((heads, 400), np.float32), mixed)
    expected = functional.scaled_dot_product_attention(query, key.bfloat16().float(), value.bfloat16().float())
    np.testing.assert_allclose(mixed, expected.flatten().numpy(), rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("length", [1, 16, 21])
def test_what_a_longer_row_has_left_behind_is_not_heard(length: int):
    source = torch.Generator().manual_seed(length)
    query, key, value = (torch.randn(2, places, 16, generator=source) for places in (1, length, length))
    fresh, used = TiledSlots(config(2, 16), 1, 100), TiledSlots(config(2, 16), 1, 100)
    used.fill(0, 0, *(1e4 * torch.randn(2, 2, 90, 16, generator=source)))
    heard = []
    for slots in (fresh, used):
        slots.fill(0, 0, key, value)
        mixed = np.empty(32, np.float32)
        attend(query.flatten().numpy(), *bits(slots), length, np.empty((2, 112), np.float32), mixed)
        heard.append(mixed)
    np.testing.assert_array_equal(*heard)


def config(heads: int, head_dim: int) -> SemanticConfig:
    return SemanticConfig(hidden_dim=heads * head_dim, head_count=heads, layer_count=1)


def bits(slots: TiledSlots) -> tuple[np.ndarray, np.ndarray]:
    """The only row of the only layer, as the compiled functions take it."""
    keys, values = (cache[0, 0].view(torch.uint16).numpy() for cache in (slots.keys, slots.values))
    return keys, values


@pytest.mark.parametrize("width", [64, 512])
def test_it_normalises_as_torch_does(width: int):
    x, added, weight, bias = torch.randn(4, width, generator=torch.Generator().manual_seed(width)) * 3 + 1
    ours = x.clone().numpy()
    add_and_normalize(ours, added.numpy(), weight.numpy(), bias.numpy())
    expected = functional.layer_norm(x + added, (width,), weight, bias)
    np.testing.assert_allclose(ours, expected.numpy(), rtol=1e-4, atol=1e-5)
