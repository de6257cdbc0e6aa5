"""The two attentions of SoVITS, and the transformer encoder that is built of the first."""

import torch
from torch import Tensor, nn
from torch.nn import functional

WINDOW = 4
"""Keys up to this many places away are told apart by their distance."""


class RelativeAttention(nn.Module):
    """Self-attention that also looks at how far apart two places are (Shaw et al., 2018); heads share the distances."""

    def __init__(self, channels: int, head_count: int):
        super().__init__()
        self.head_count = head_count
        head_channels = channels // head_count
        self.conv_q = nn.Conv1d(channels, channels, 1)
        self.conv_k = nn.Conv1d(channels, channels, 1)
        self.conv_v = nn.Conv1d(channels, channels, 1)
        self.conv_o = nn.Conv1d(channels, channels, 1)
        self.emb_rel_k = nn.Parameter(torch.empty(1, 2 * WINDOW + 1, head_channels))
        self.emb_rel_v = nn.Parameter(torch.empty(1, 2 * WINDOW + 1, head_channels))

    def forward(self, x: Tensor) -> Tensor:
        query = split_heads(self.conv_q(x), self.head_count)  # [batch, heads, time, head_channels]
        key = split_heads(self.conv_k(x), self.head_count)
        value = split_heads(self.conv_v(x), self.head_count)
        query = query * query.shape[-1] ** -0.5
        scores = query @ key.transpose(-1, -2) + by_place(query @ self.emb_rel_k[0].T)
        weights = scores.softmax(-1)
        mixed = weights @ value + by_distance(weights) @ self.emb_rel_v[0]
        return self.conv_o(join_heads(mixed))


class CrossAttention(nn.Module):
    """Attention of one sequence to another, without positions."""

    def __init__(self, channels: int, head_count: int):
        super().__init__()
        self.head_count = head_count
        self.conv_q = nn.Conv1d(channels, channels, 1)
        self.conv_k = nn.Conv1d(channels, channels, 1)
        self.conv_v = nn.Conv1d(channels, channels, 1)
        self.conv_o = nn.Conv1d(channels, channels, 1)

    def forward(self, x: Tensor, other: Tensor) -> Tensor:
        query = split_heads(self.conv_q(x), self.head_count)
        key = split_heads(self.conv_k(other), self.head_count)
        value = split_heads(self.conv_v(other), self.head_count)
        return self.conv_o(join_heads(functional.scaled_dot_product_attention(query, key, value)))


class Encoder(nn.Module):
    """Post-norm transformer whose feed-forward part is convolutional."""

    def __init__(self, channels: int, filter_channels: int, head_count: int, layer_count: int, kernel_size: int):
        super().__init__()
        self.attn_layers = nn.ModuleList(RelativeAttention(channels, head_count) for _ in range(layer_count))
        self.norm_layers_1 = nn.ModuleList(ChannelNorm(channels) for _ in range(layer_count))
        self.ffn_layers = nn.ModuleList(FeedForward(channels, filter_channels, kernel_size) for _ in range(layer_count))
        self.norm_layers_2 = nn.ModuleList(ChannelNorm(channels) for _ in range(layer_count))

    def forward(self, x: Tensor) -> Tensor:
        """x: [batch, channels, time]."""
        layers = zip(self.attn_layers, self.norm_layers_1, self.ffn_layers, self.norm_layers_2, strict=True)
        for attend, norm_1, feed_forward, norm_2 in layers:
            x = norm_1(x + attend(x))
            x = norm_2(x + feed_forward(x))
        return x


class FeedForward(nn.Module):
    def __init__(self, channels: int, filter_channels: int, kernel_size: int):
        super().__init__()
        self.padding = ((kernel_size - 1) // 2, kernel_size // 2)
        self.conv_1 = nn.Conv1d(channels, filter_channels, kernel_size)
        self.conv_2 = nn.Conv1d(filter_channels, channels, kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.conv_1(functional.pad(x, self.padding)))
        return self.conv_2(functional.pad(x, self.padding))


class ChannelNorm(nn.Module):
    """Layer norm over the channels of [batch, channels, time]."""

    def __init__(self, channels: int):
        super().__init__()
        self.gamma = nn.Parameter(torch.empty(channels))
        self.beta = nn.Parameter(torch.empty(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x.mT, self.gamma.shape, self.gamma, self.beta).mT


def split_heads(x: Tensor, head_count: int) -> Tensor:
    """[batch, heads * channels, time] -> [batch, heads, time, channels]."""
    return x.unflatten(1, (head_count, -1)).mT


def join_heads(x: Tensor) -> Tensor:
    return x.mT.flatten(1, 2)


def by_place(x: Tensor) -> Tensor:
    """From [..., time, distance] to [..., time, time], zero beyond the window.

    Each row is padded so that, read with rows one shorter, it lies one place further right than the row above.
    """
    time, distances = x.shape[-2:]
    flat = functional.pad(x, (0, time)).flatten(-2)
    rows = flat[..., : time * (time + distances - 1)].unflatten(-1, (time, time + distances - 1))
    return rows[..., WINDOW : WINDOW + time]


def by_distance(x: Tensor) -> Tensor:
    """From [..., time, time] to [..., time, distance]: the inverse of `by_place`, which loses what is further away."""
    time, distances = x.shape[-1], 2 * WINDOW + 1
    flat = functional.pad(functional.pad(x, (WINDOW, WINDOW)).flatten(-2), (0, time))
    return flat.unflatten(-1, (time, time + distances))[..., :distances]
