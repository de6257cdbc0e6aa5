"""The transformer layer that HuBERT and BERT share: attention, then a GELU feed-forward, each followed by its norm."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.features.linear import Linear
from tts.gpt_sovits.features.weights import Fault, size_of


@dataclass(frozen=True)
class LayerSizes:
    """Of every layer of an encoder."""

    hidden: int
    inner: int
    heads: int
    epsilon: float

    @staticmethod
    def of(config: Mapping[str, Any]) -> "LayerSizes":
        """From a config.json; raises Fault."""
        hidden, heads, epsilon = size_of(config, "hidden_size"), size_of(config, "num_attention_heads"), 1e-5
        if hidden % heads:
            raise Fault(
                f"{hidden} features cannot be shared by {heads} heads", f"{hidden} 维无法分给 {heads} 个注意力头"
            )
        if isinstance(found := config.get("layer_norm_eps"), float) and 0 < found < 1:
            epsilon = found
        return LayerSizes(hidden, size_of(config, "intermediate_size"), heads, epsilon)


@dataclass(frozen=True)
class LayerNames:
    """What the parts of a layer are called in a checkpoint, without `.weight` and `.bias`."""

    query: str
    key: str
    value: str
    output: str
    attention_norm: str
    widen: str
    narrow: str
    norm: str


class Norm(nn.Module):
    """Over the last dimension, in float32."""

    def __init__(self, weight: Tensor, bias: Tensor, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(weight, requires_grad=False)
        self.bias = nn.Parameter(bias, requires_grad=False)
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x.float(), self.weight.shape, self.weight, self.bias, self.epsilon)


class EncoderLayer(nn.Module):
    """Takes and gives float32 [rows, hidden], of which those from `time` on are ballast that nobody looks at."""

    def __init__(
        self, heads: int, qkv: Linear, output: Linear, attention_norm: Norm, inner: tuple[Linear, Linear], norm: Norm
    ):
        super().__init__()
        self.heads = heads
        self.qkv = qkv
        self.output = output
        self.attention_norm = attention_norm
        self.widen, self.narrow = inner
        self.norm = norm

    def forward(self, x: Tensor, time: int, mask: Tensor | None = None) -> Tensor:
        """mask: [time, time], True where a row may look."""
        x = self.attention_norm(x + self._attended(x, time, mask))
        return self.norm(x + self.narrow(self.widen(x)))

    def _attended(self, x: Tensor, time: int, mask: Tensor | None) -> Tensor:
        rows, hidden = x.shape
        heads = self.qkv(x)[:time].view(1, time, 3, self.heads, hidden // self.heads).permute(2, 0, 3, 1, 4)
        query, key, value = heads  # each [1, heads, time, head]
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.output(functional.pad(attended[0].transpose(0, 1).flatten(1), (0, 0, 0, rows - time)))
