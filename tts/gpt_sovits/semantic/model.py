"""The semantic transformer: post-norm layers over phones, seen both ways, followed by tokens, seen backwards only."""

from collections.abc import Callable, Mapping
from math import log

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.config import SemanticConfig

LONGEST = 4000
"""Places for which there is a position; upstream's table is as long."""

OUR_NAMES = (
    ("ar_text_embedding.word_embeddings.", "phones."),
    ("ar_audio_embedding.word_embeddings.", "tokens."),
    ("ar_text_position.alpha", "phone_position_scale"),
    ("ar_audio_position.alpha", "token_position_scale"),
    ("ar_predict_layer.", "head."),
    ("h.layers.", "layers."),
    (".self_attn.in_proj_", ".qkv."),
    (".self_attn.out_proj.", ".attention_out."),
    (".linear1.", ".up."),
    (".linear2.", ".down."),
)

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""attend(layer, query, key, value), each [batch, heads, places, head_dim] -> the same form as query."""


class SemanticModel(nn.Module):
    def __init__(self, config: SemanticConfig):
        super().__init__()
        self.config = config
        width = config.hidden_dim
        self.bert_proj = nn.Linear(config.bert_dim, config.embedding_dim)
        self.phones = nn.Embedding(config.phoneme_vocab_size, config.embedding_dim)
        self.tokens = nn.Embedding(config.vocab_size, config.embedding_dim)
        self.phone_position_scale = nn.Parameter(torch.empty(1))
        self.token_position_scale = nn.Parameter(torch.empty(1))
        self.layers = nn.ModuleList(Layer(width, config.head_count) for _ in range(config.layer_count))
        self.head = nn.Linear(width, config.vocab_size, bias=False)
        self.register_buffer("position_table", sinusoids(LONGEST, config.embedding_dim), persistent=False)
        self.position_table: Tensor

    def embed_phones(self, phones: Tensor, bert: Tensor) -> Tensor:
        """phones: [places], bert: [bert_dim, places] -> [places, width]."""
        x = self.phones(phones) + self.bert_proj(bert.T.to(self.bert_proj.weight.dtype))
        return x + self.phone_position_scale * self.position_table[: len(phones)]

    def embed_tokens(self, tokens: Tensor, places: Tensor) -> Tensor:
        """Tokens and their places among the tokens, of any one shape -> [..., width]."""
        return self.tokens(tokens) + self.token_position_scale * functional.embedding(places, self.position_table)

    def run(self, x: Tensor, attend: Attend) -> Tensor:
        """x: [batch, places, width]; `attend` decides who sees whom and keeps the keys and values."""
        for index, layer in enumerate(self.layers):
            x = layer(x, lambda *qkv, index=index: attend(index, *qkv))
        return x


class Layer(nn.Module):
    def __init__(self, width: int, head_count: int):
        super().__init__()
        self.head_count = head_count
        self.qkv = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.norm1 = nn.LayerNorm(width)
        self.norm2 = nn.LayerNorm(width)

    def forward(self, x: Tensor, attend: Callable[[Tensor, Tensor, Tensor], Tensor]) -> Tensor:
        qkv = self.qkv(x).unflatten(-1, (3, self.head_count, -1))
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = attend(query, key, value).transpose(1, 2).flatten(2)
        x = self.norm1(x + self.attention_out(mixed))
        return self.norm2(x + self.down(functional.relu(self.up(x))))


def load_semantic(
    config: SemanticConfig, weights: Mapping[str, Tensor], is_packed_later: bool = False
) -> SemanticModel:
    """Build the model from upstream's weights, in float32 on the CPU.

    is_packed_later: leave the linear layers' weights as they are in the file; most of it is read only once then.
    """
    with torch.device("meta"):
        model = SemanticModel(config)
    named = {our_name(name): tensor for name, tensor in weights.items()}
    kept = {name for name in named if is_packed_later and name.startswith("layers.") and ".norm" not in name}
    converted = {name: tensor if name in kept else tensor.float() for name, tensor in named.items()}
    model.load_state_dict(converted, assign=True)
    model.position_table = sinusoids(LONGEST, config.embedding_dim)  # a table on the meta device holds no numbers
    return model.eval().requires_grad_(False)


def our_name(name: str) -> str:
    for theirs, ours in OUR_NAMES:
        name = name.replace(theirs, ours)
    return name


def sinusoids(places: int, width: int) -> Tensor:
    """Sine and cosine in turn, [places, width] (Vaswani et al., 2017)."""
    rate = torch.exp(torch.arange(0, width, 2) * (-log(10000.0) / width))
    angle = torch.arange(places).unsqueeze(1) * rate
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
