"""The semantic model as it is trained: whole sentences at once, under upstream's names."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.semantic.model import LONGEST, sinusoids
from tts.gpt_sovits.training.gpt_batch import GptBatch
from tts.gpt_sovits.training.gpt_masks import hidden_at_the_wrong_end, hidden_padding, pushed_right

DROPOUT = 0.1
"""Upstream's, whose configuration says 0 and is not asked."""


class TextToSemantic(nn.Module):
    """is_as_upstream: hide the first phones of short sentences in place of their padding, as upstream does."""

    def __init__(self, config: SemanticConfig, is_as_upstream: bool = False, dropout: float = DROPOUT):
        super().__init__()
        self.config = config
        self.is_as_upstream = is_as_upstream
        width = config.hidden_dim
        self.bert_proj = nn.Linear(config.bert_dim, config.embedding_dim)
        self.ar_text_embedding = Words(config.phoneme_vocab_size, config.embedding_dim)
        self.ar_text_position = Position(config.embedding_dim, dropout)
        self.ar_audio_embedding = Words(config.vocab_size, config.embedding_dim)
        self.ar_audio_position = Position(config.embedding_dim, dropout)
        self.h = Layers(width, config.head_count, config.layer_count, dropout)
        self.ar_predict_layer = nn.Linear(width, config.vocab_size, bias=False)

    def forward(self, batch: GptBatch) -> Tensor:
        """Logits [sentences, tokens + 1, vocabulary]: what follows the last phone, and each token."""
        phones = self.ar_text_embedding(batch.phones) + self.bert_proj(batch.bert.transpose(1, 2))
        phones = self.ar_text_position(phones)
        tokens = self.ar_audio_position(self.ar_audio_embedding(batch.tokens))
        if self.is_as_upstream:
            hidden = hidden_at_the_wrong_end(batch)
        else:
            hidden = hidden_padding(batch)
            phones = pushed_right(phones, batch.phone_counts)
        x = self.h(torch.cat([phones, tokens], dim=1), hidden.logical_not().unsqueeze(1))
        return self.ar_predict_layer(x[:, batch.phones.shape[1] - 1 :])


class Words(nn.Module):
    def __init__(self, count: int, width: int):
        super().__init__()
        self.word_embeddings = nn.Embedding(count, width)

    def forward(self, words: Tensor) -> Tensor:
        return self.word_embeddings(words)


class Position(nn.Module):
    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1))
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("table", sinusoids(LONGEST, width), persistent=False)
        self.table: Tensor

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(x + self.alpha * self.table[: x.shape[1]])


class Layers(nn.Module):
    def __init__(self, width: int, head_count: int, count: int, dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, head_count, dropout) for _ in range(count))

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x, visible)
        return x


class Layer(nn.Module):
    def __init__(self, width: int, head_count: int, dropout: float):
        super().__init__()
        self.self_attn = Attention(width, head_count, dropout)
        self.linear1 = nn.Linear(width, 4 * width)
        self.linear2 = nn.Linear(4 * width, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        x = self.norm1(x + self.dropout(self.self_attn(x, visible)))
        inner = self.dropout(functional.relu(self.linear1(x)))
        return self.norm2(x + self.dropout(self.linear2(inner)))


class Attention(nn.Module):
    # torch's own would copy the mask for every head
    def __init__(self, width: int, head_count: int, dropout: float):
        super().__init__()
        self.head_count = head_count
        self.dropout = dropout
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)
        nn.init.xavier_uniform_(self.in_proj_weight)

    def forward(self, x: Tensor, visible: Tensor) -> Tensor:
        """visible: [sentences, 1, places, places], True where a place (the third) sees another (the last)."""
        qkv = functional.linear(x, self.in_proj_weight, self.in_proj_bias).unflatten(-1, (3, self.head_count, -1))
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        dropout = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=visible, dropout_p=dropout)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))
