"""The optimiser that upstream trains the semantic model with: Adam that learns each tensor's scale besides."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter
from torch.optim import Optimizer

BETA1, BETA2 = 0.9, 0.95
EPSILON = 1e-8
SMALLEST_RMS, LARGEST_RMS = 1e-5, 3.0
LARGEST_SCALAR = 10.0
SCALE_RATE = 0.1
"""The learning rate of scales and of single numbers, as a share of that of the rest."""
SCALE_PERIOD = 4
"""Scales change at every fourth step."""
CLIPPING = 2.0
"""How many times the median norm of gradients a gradient may have."""
EVEN = 0.99
"""Once so much of the average of squares is of gradients, it counts as unbiased."""


@dataclass(frozen=True)
class Stack:
    """Parameters of one shape, which are computed as one tensor; `state` by name, each [parameters, ...]."""

    key: str
    parameters: list[Parameter]
    state: dict[str, Tensor]

    @property
    def is_scalar(self) -> bool:
        return self.parameters[0].numel() == 1

    def gathered(self) -> Tensor:
        return torch.stack([parameter.detach() for parameter in self.parameters])

    def gradients(self) -> list[Tensor]:
        """Where the loss does not depend on a parameter, it has none, which counts as 0."""
        return [torch.zeros_like(each) if each.grad is None else each.grad for each in self.parameters]

    def put_back(self, values: Tensor) -> None:
        for parameter, value in zip(self.parameters, values, strict=True):
            parameter.detach().copy_(value)

    def spread(self, numbers: Tensor) -> Tensor:
        """A number for each parameter, as [parameters, 1, ...]."""
        return numbers.view(-1, *(1 for _ in self.parameters[0].shape))


class ScaledAdam(Optimizer):
    """lr is the change of a tensor in one step, as a share of its size.

    clipping_period: steps from one look at the norms of gradients to the next; before the first nothing is clipped.
    """

    def __init__(self, parameters: Iterable[Parameter], lr: float, clipping_period: int = 1000):
        super().__init__(parameters, {"lr": lr})
        self._stacks = _stacked([parameter for group in self.param_groups for parameter in group["params"]])
        self._norms = torch.zeros(clipping_period)
        self._threshold = torch.inf
        self._steps_done = 0

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        if closure is not None:
            raise ValueError("gradients are computed before the step")
        if self._steps_done == 0:
            for stack in self._stacks:
                _begin(stack)
        factor = self._clipping_factor()
        # One stack after the other, since all of them together would need the memory of two more models.
        for stack in self._stacks:
            update = self._scalar_update if stack.is_scalar else self._update
            update(stack, stack.gathered(), torch.stack(stack.gradients()), factor)
        self._steps_done += 1

    def state_dict(self) -> dict[str, Any]:  # type: ignore[override]
        """Tensors by stack and name; they are the optimiser's own, not copies."""
        return {
            "steps_done": self._steps_done,
            "threshold": self._threshold,
            "norms": self._norms,
            "stacks": {stack.key: dict(stack.state) for stack in self._stacks},
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:  # type: ignore[override]
        """Continue where another has been; raises KeyError where its parameters had other shapes."""
        self._steps_done = state_dict["steps_done"]
        self._threshold = state_dict["threshold"]
        self._norms = state_dict["norms"].clone()
        for stack in self._stacks:
            device = stack.parameters[0].device
            stack.state.clear()
            stack.state.update(
                {name: each.to(device, copy=True) for name, each in state_dict["stacks"][stack.key].items()}
            )

    def _clipping_factor(self) -> float | Tensor:
        """By how much gradients are made smaller where they change scales."""
        period, done = len(self._norms), self._steps_done
        norm = torch.cat([_weighed_norms(stack) for stack in self._stacks]).norm()
        self._norms = self._norms.to(norm.device)
        self._norms[done % period] = norm
        if done and done % period == 0:
            self._threshold = CLIPPING * self._norms.sort().values[period // 2].item()
        if done < period:
            return 1.0
        return (self._threshold / (norm + 1e-20)).clamp(max=1.0)

    def _update(self, stack: Stack, values: Tensor, gradients: Tensor, factor: float | Tensor) -> None:
        """Works in the two tensors that it is given."""
        state, phase = stack.state, self._steps_done % SCALE_PERIOD
        state["delta"] *= BETA1
        along = torch.linalg.vecdot(values.flatten(1), gradients.flatten(1)) * factor
        state["scale_gradients"][phase] = stack.spread(along)
        if phase == SCALE_PERIOD - 1:
            state["rms"].copy_(stack.spread(_rms(values)))
            state["delta"].addcmul_(values, (1 - BETA1) * self._scale_step(state))
        root = self._root_of_squares(state, gradients, is_always_corrected=False)
        rate = self._lr * (1 - BETA1) * state["rms"].clamp(min=SMALLEST_RMS)
        state["delta"].sub_(gradients.mul_(rate).div_(root))
        stack.put_back(values.add_(state["delta"]))

    def _scale_step(self, state: dict[str, Tensor]) -> Tensor:
        """By which share each tensor grows."""
        beta = BETA2**SCALE_PERIOD
        gradients, squares, rms = state["scale_gradients"], state["scale_squares"], state["rms"]
        squares.mul_(beta).add_((gradients**2).mean(0), alpha=1 - beta)
        correction = sqrt(1 - beta ** ((self._steps_done + 1) // SCALE_PERIOD))
        rate = SCALE_RATE * self._lr
        step = -rate * correction * gradients.sum(0) / (squares.sqrt() + EPSILON)
        step = step.masked_fill(rms < SMALLEST_RMS, 0.0)
        return step.masked_fill(rms > LARGEST_RMS, -rate * SCALE_PERIOD)

    def _scalar_update(self, stack: Stack, values: Tensor, gradients: Tensor, factor: float | Tensor) -> None:
        state = stack.state
        state["delta"] *= BETA1
        root = self._root_of_squares(state, gradients, is_always_corrected=True)
        state["delta"] -= SCALE_RATE * self._lr * (1 - BETA1) * gradients / root
        stack.put_back(values.clamp(-LARGEST_SCALAR, LARGEST_SCALAR) + state["delta"])

    def _root_of_squares(self, state: dict[str, Tensor], gradients: Tensor, is_always_corrected: bool) -> Tensor:
        squares = state["squares"]
        squares.mul_(BETA2).addcmul_(gradients, gradients, value=1 - BETA2)
        share = 1 - BETA2 ** (self._steps_done + 1)
        is_corrected = is_always_corrected or share < EVEN
        return (squares / (share if is_corrected else 1.0)).sqrt_().add_(EPSILON)

    @property
    def _lr(self) -> float:
        return self.param_groups[0]["lr"]


def _stacked(parameters: list[Parameter]) -> list[Stack]:
    def kind(parameter: Parameter) -> tuple[Any, ...]:
        return (str(parameter.dtype), *parameter.shape)

    groups = groupby(sorted(parameters, key=kind), key=kind)
    return [Stack("x".join(map(str, key)), list(group), {}) for key, group in groups]


def _begin(stack: Stack) -> None:
    values = stack.gathered()
    stack.state.update(delta=torch.zeros_like(values), squares=torch.zeros_like(values))
    if not stack.is_scalar:
        rms = stack.spread(_rms(values))
        stack.state.update(
            rms=rms,
            scale_gradients=torch.zeros(SCALE_PERIOD, *rms.shape, dtype=rms.dtype, device=rms.device),
            scale_squares=torch.zeros_like(rms),
        )


def _rms(values: Tensor) -> Tensor:
    """[parameters]"""
    return values.flatten(1).norm(dim=1) / sqrt(values[0].numel())


def _weighed_norms(stack: Stack) -> Tensor:
    """Of the gradients, [parameters], each as large as its parameter; single numbers are taken as they are."""
    norms = torch.stack([gradient.norm() for gradient in stack.gradients()])
    return norms if stack.is_scalar else norms * stack.state["rms"].flatten()
