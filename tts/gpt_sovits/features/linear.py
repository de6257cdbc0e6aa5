"""Products with weights that never change; in bfloat16 these lie in the order in which the processor reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

Activation = Literal["none", "gelu", "silu", "tanh"]

PLAIN: dict[Activation, Callable[[Tensor], Tensor]] = {
    "none": lambda x: x,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "tanh": torch.tanh,
}
FUSED: dict[Activation, tuple[str, str]] = {
    "none": ("none", ""),
    "gelu": ("gelu", "none"),
    "silu": ("swish", ""),
    "tanh": ("tanh", ""),
}
"""What oneDNN calls them, with the algorithm."""


@dataclass(frozen=True)
class Placement:
    """Where a network lives and in what precision it multiplies."""

    device: torch.device
    dtype: torch.dtype

    @property
    def is_packing(self) -> bool:
        """Whether weights are kept in oneDNN's own order; a product of 25 rows is 1.6 times as fast with them.

        The operators for it are not public, so they are looked for.
        """
        return (
            self.device.type == "cpu"
            and self.dtype == torch.bfloat16
            and torch.backends.mkldnn.is_available()
            and all(hasattr(torch.ops.mkldnn, name) for name in ("_reorder_linear_weight", "_linear_pointwise"))
            and torch.ops.mkldnn._is_mkldnn_bf16_supported()
        )

    def rounded(self, rows: int, step: int) -> int:
        """Up to a multiple of `step` where oneDNN compiles each product anew, in 7 ms, for each number of rows."""
        return -(-rows // step) * step if self.is_packing else rows


def fast_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where there are units for it, otherwise float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    capabilities = torch.cpu.get_capabilities()
    return torch.bfloat16 if capabilities.get("amx_bf16") or capabilities.get("avx512_bf16") else torch.float32


class Linear(nn.Module):
    """x W^T + b through an activation; takes x in any dtype and gives the dtype of its weights.

    Weights that are stored as they are needed stay in their file, whose pages come into memory as they are used.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, placement: Placement, activation: Activation = "none"):
        super().__init__()
        self.dtype = placement.dtype
        self.activation: Activation = activation
        weight = weight.to(placement.device, placement.dtype)
        self.is_packed = placement.is_packing
        if self.is_packed:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight.contiguous())
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = None if bias is None else nn.Parameter(bias.to(placement.device, placement.dtype), False)

    def forward(self, x: Tensor, plus: Tensor | None = None) -> Tensor:
        """[rows, inputs] to [rows, outputs]. plus: something of that shape to add to a product without activation."""
        x = x.to(self.dtype)
        if plus is not None:
            if self.is_packed:
                return torch.ops.mkldnn._linear_pointwise.binary(x, plus, self.weight, self.bias, "add")
            return functional.linear(x, self.weight, self.bias).add_(plus)
        if self.is_packed:
            name, algorithm = FUSED[self.activation]
            return torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, name, [], algorithm)
        return PLAIN[self.activation](functional.linear(x, self.weight, self.bias))
