"""Parts of networks made out of the tensors of a checkpoint."""

from collections.abc import Sequence

import torch
from torch import Tensor

from tts.gpt_sovits.features.encoder import EncoderLayer, LayerNames, LayerSizes, Norm
from tts.gpt_sovits.features.linear import Linear, Placement
from tts.gpt_sovits.features.weights import Weights


class Builder:
    """Takes each tensor once, in the precision it is used in; raises Fault where one does not fit."""

    def __init__(self, weights: Weights, placement: Placement):
        self.weights = weights
        self.placement = placement

    def norm(self, name: str, size: int, epsilon: float) -> Norm:
        weight, bias = (self.copied(f"{name}.{part}", size) for part in ("weight", "bias"))
        return Norm(weight, bias, epsilon)

    def copied(self, name: str, *shape: int) -> Tensor:
        """In float32, whatever the products are computed in."""
        return self.weights.take(name, *shape).to(self.placement.device, torch.float32, copy=True)

    def linear(self, name: str, inputs: int, outputs: int, is_gelu: bool = False) -> Linear:
        weight = self.weights.take(f"{name}.weight", outputs, inputs)
        bias = self.weights.take(f"{name}.bias", outputs)
        return Linear(weight, bias, self.placement, "gelu" if is_gelu else "none")

    def joined(self, names: Sequence[str], inputs: int, outputs: int) -> Linear:
        """Several products of the same input as one."""
        weights = [self.weights.take(f"{name}.weight", outputs, inputs).to(self.placement.dtype) for name in names]
        biases = [self.weights.take(f"{name}.bias", outputs) for name in names]
        return Linear(torch.cat(weights), torch.cat(biases), self.placement)

    def layer(self, names: LayerNames, sizes: LayerSizes) -> EncoderLayer:
        hidden, epsilon = sizes.hidden, sizes.epsilon
        layer = EncoderLayer(
            sizes.heads,
            self.joined((names.query, names.key, names.value), hidden, hidden),
            self.linear(names.output, hidden, hidden),
            self.norm(names.attention_norm, hidden, epsilon),
            (
                self.linear(names.widen, hidden, sizes.inner, is_gelu=True),
                self.linear(names.narrow, sizes.inner, hidden),
            ),
            self.norm(names.norm, hidden, epsilon),
        )
        self.weights.let_go()
        return layer
