"""Fewer bits where nobody hears it."""

import torch
from torch import Tensor, nn

from tts.gpt_sovits.features.linear import Linear, Placement


class HalfLinear(nn.Module):
    """A linear layer that multiplies in bfloat16 and answers in it; sums with float32 are float32 again."""

    def __init__(self, linear: nn.Linear):
        super().__init__()
        placement = Placement(linear.weight.device, torch.bfloat16)
        self.linear = Linear(linear.weight.detach(), linear.bias.detach(), placement)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x.flatten(0, -2)).unflatten(0, x.shape[:-1])


def with_half_linears(module: nn.Module) -> nn.Module:
    """Replace every linear layer below `module`, one at a time, so that memory holds only one twice."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, HalfLinear(child))
        else:
            with_half_linears(child)
    return module
