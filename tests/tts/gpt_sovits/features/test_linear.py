import pytest
import torch
from torch.nn import functional

from tts.gpt_sovits.features.linear import Activation, Linear, Placement, fast_dtype

CPU = torch.device("cpu")
ACTIVATIONS = {"none": lambda x: x, "gelu": functional.gelu, "silu": functional.silu, "tanh": torch.tanh}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("rows", [1, 23, 300])
def test_a_product_goes_through_its_activation(dtype: torch.dtype, activation: Activation, rows: int):
    x, weight, bias = torch.randn(rows, 40), torch.randn(24, 40) / 6, torch.randn(24)
    expected = ACTIVATIONS[activation](x @ weight.T + bias)
    found = Linear(weight, bias, Placement(CPU, dtype), activation)(x)
    assert found.dtype == dtype
    torch.testing.assert_close(found.float(), expected, atol=1e-5 if dtype == torch.float32 else 0.05, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_something_can_be_added(dtype: torch.dtype):
    x, weight, bias, plus = torch.randn(9, 40), torch.randn(24, 40) / 6, torch.randn(24), torch.randn(9, 24)
    found = Linear(weight, bias, Placement(CPU, dtype))(x, plus.to(dtype))
    torch.testing.assert_close(found.float(), x @ weight.T + bias + plus, atol=0.05, rtol=0)


def test_windows_that_overlap_in_memory_are_read_right():
    signal, weight = torch.randn(101, 8).bfloat16(), torch.randn(5, 24)
    windows = signal.as_strided((50, 24), (16, 1))
    product = Linear(weight, None, Placement(CPU, torch.bfloat16))
    assert torch.equal(product(windows), product(windows.clone()))


def test_the_fast_precision_is_one_that_the_processor_has():
    assert fast_dtype(CPU) in (torch.float32, torch.bfloat16)
