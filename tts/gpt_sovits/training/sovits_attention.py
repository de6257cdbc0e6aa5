"""The attentions and the encoder of SoVITS for batches of unequal lengths: what is padding has no influence."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.attention import (
    ChannelNorm,
    CrossAttention,
    FeedForward,
    RelativeAttention,
    by_distance,
    by_place,
    join_heads,
    split_heads,
)

HIDDEN_SCORE = -1e4
"""Of padding, before the softmax; small enough in float16, too."""


def mask_of(lengths: Tensor, width: int) -> Tensor:
    """1.0 where there is something, [batch, 1, width]."""
    return (torch.arange(width, device=lengths.device)[None, None] < lengths[:, None, None]).float()


class MaskedSelfAttention(RelativeAttention):
    def __init__(self, channels: int, head_count: int, dropout: float):
        super().__init__(channels, head_count)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """x: [batch, channels, time]; mask: as `mask_of` makes it."""
        query = split_heads(self.conv_q(x), self.head_count)
        key = split_heads(self.conv_k(x), self.head_count)
        value = split_heads(self.conv_v(x), self.head_count)
        query = query * query.shape[-1] ** -0.5
        scores = query @ key.transpose(-1, -2) + by_place(query @ self.emb_rel_k[0].T)
        weights = self.dropout(scores.masked_fill(mask[:, :, None] == 0, HIDDEN_SCORE).softmax(-1))
        mixed = weights @ value + by_distance(weights) @ self.emb_rel_v[0]
        return self.conv_o(join_heads(mixed))


class MaskedCrossAttention(CrossAttention):
    def forward(self, x: Tensor, other: Tensor, other_mask: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """other_mask: which places of `other` count."""
        query = split_heads(self.conv_q(x), self.head_count)
        key = split_heads(self.conv_k(other), self.head_count)
        value = split_heads(self.conv_v(other), self.head_count)
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        weights = scores.masked_fill(other_mask[:, :, None] == 0, HIDDEN_SCORE).softmax(-1)
        return self.conv_o(join_heads(weights.to(value.dtype) @ value))


class MaskedFeedForward(FeedForward):
    def __init__(self, channels: int, filter_channels: int, kernel_size: int, dropout: float):
        super().__init__(channels, filter_channels, kernel_size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        x = self.dropout(functional.relu(self.conv_1(functional.pad(x * mask, self.padding))))
        return self.conv_2(functional.pad(x * mask, self.padding)) * mask


class MaskedEncoder(nn.Module):
    """The parameters of `acoustic.attention.Encoder`, with dropout."""

    def __init__(
        self, channels: int, filter_channels: int, head_count: int, layer_count: int, kernel_size: int, dropout: float
    ):
        super().__init__()
        layers = range(layer_count)
        self.attn_layers = nn.ModuleList(MaskedSelfAttention(channels, head_count, dropout) for _ in layers)
        self.norm_layers_1 = nn.ModuleList(ChannelNorm(channels) for _ in layers)
        self.ffn_layers = nn.ModuleList(
            MaskedFeedForward(channels, filter_channels, kernel_size, dropout) for _ in layers
        )
        self.norm_layers_2 = nn.ModuleList(ChannelNorm(channels) for _ in layers)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        x = x * mask
        layers = zip(self.attn_layers, self.norm_layers_1, self.ffn_layers, self.norm_layers_2, strict=True)
        for attend, norm_1, feed_forward, norm_2 in layers:
            x = norm_1(x + self.dropout(attend(x, mask)))
            x = norm_2(x + self.dropout(feed_forward(x, mask)))
        return x * mask
