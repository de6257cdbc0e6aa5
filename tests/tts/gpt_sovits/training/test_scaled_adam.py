"""ScaledAdam takes upstream's steps, and what no trace reaches is checked by hand."""

from typing import Any

import pytest
import torch
from torch.nn import Parameter

from tests.support.studio_work import training_vectors
from tts.gpt_sovits.training.scaled_adam import LARGEST_SCALAR, ScaledAdam


@pytest.fixture(scope="module")
def trace() -> dict[str, Any]:
    return torch.load(training_vectors() / "scaled_adam_trace.pt", weights_only=True)


def begun(trace: dict[str, Any]) -> tuple[dict[str, Parameter], ScaledAdam]:
    parameters = {name: Parameter(value.clone()) for name, value in trace["init"].items()}
    return parameters, ScaledAdam(parameters.values(), lr=0.0, clipping_period=trace["clipping_update_period"])


def step(parameters: dict[str, Parameter], optimiser: ScaledAdam, trace: dict[str, Any], number: int) -> None:
    optimiser.param_groups[0]["lr"] = trace["lrs"][number]
    for name, parameter in parameters.items():
        parameter.grad = trace["grads"][number][name].clone()
    optimiser.step()


def test_each_step_of_the_trace(trace: dict[str, Any]):
    parameters, optimiser = begun(trace)
    before = trace["init"]
    for number, after in enumerate(trace["after"]):
        step(parameters, optimiser, trace, number)
        for name, expected in after.items():
            moved = (expected - before[name]).abs().max().item()
            allowed = 2e-3 * moved + 2**-22 * expected.abs().max().item()
            assert (parameters[name].detach() - expected).abs().max().item() <= allowed, (number, name)
        before = after


@pytest.mark.parametrize("kept", [1, 6, 9])
def test_it_goes_on_where_another_has_been(trace: dict[str, Any], kept: int):
    parameters, optimiser = begun(trace)
    for number in range(kept):
        step(parameters, optimiser, trace, number)
    copies = {name: Parameter(value.detach().clone()) for name, value in parameters.items()}
    other = ScaledAdam(copies.values(), lr=0.0, clipping_period=trace["clipping_update_period"])
    other.load_state_dict(optimiser.state_dict())
    for number in range(kept, len(trace["after"])):
        step(parameters, optimiser, trace, number)
        step(copies, other, trace, number)
    for name, expected in parameters.items():
        assert torch.equal(copies[name], expected)


def test_a_single_number_is_kept_within_bounds():
    number = Parameter(torch.tensor([25.0]))
    number.grad = torch.zeros(1)
    ScaledAdam([number], lr=0.01).step()
    assert number.item() == LARGEST_SCALAR


def test_a_tensor_that_is_too_large_shrinks():
    """At the fourth step its scale falls by lr * 0.1 * 4, of which a tenth is taken at once."""
    large = Parameter(torch.full((3, 2), 5.0))
    optimiser = ScaledAdam([large], lr=0.01)
    for _ in range(4):
        large.grad = torch.zeros(3, 2)
        optimiser.step()
    assert large[0, 0].item() == pytest.approx(5 * (1 - 0.1 * 0.01 * 0.1 * 4), rel=1e-6)


def test_the_average_of_squares_counts_as_unbiased_after_90_steps():
    tensor = Parameter(torch.ones(2, 2))
    gradient = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    optimiser = ScaledAdam([tensor], lr=0.01)
    shares, delta = [], torch.zeros(2, 2)
    for _ in range(90):
        tensor.grad = gradient.clone()
        optimiser.step()
        state = optimiser.state_dict()["stacks"]["torch.float32x2x2"]
        moved = 0.9 * delta - state["delta"][0]
        shares.append((moved / (0.01 * 0.1 * state["rms"][0] * gradient)).mean().item())
        delta = state["delta"][0].clone()
    assert shares[88] == pytest.approx(1.0, rel=1e-4)
    assert shares[89] == pytest.approx((1 - 0.95**90) ** -0.5, rel=1e-4)


def test_outliers_change_scales_less():
    """A gradient a hundred times too large counts twice as much as the others, for scales."""

    def scale_gradient(factor: float) -> float:
        tensor = Parameter(torch.full((4,), 2.0))
        optimiser = ScaledAdam([tensor], lr=0.01, clipping_period=2)
        for number in range(6):
            tensor.grad = torch.full((4,), factor if number == 5 else 1.0)
            optimiser.step()
        return optimiser.state_dict()["stacks"]["torch.float32x4"]["scale_gradients"][5 % 4].item()

    assert scale_gradient(100.0) == pytest.approx(2 * scale_gradient(1.0), rel=0.02)
