"""Sentences side by side, filled up to one length."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sentence:
    """phones: [phones] and tokens: [tokens], both int64; bert: [bert_dim, phones], of any precision."""

    phones: Tensor
    tokens: Tensor
    bert: Tensor


@dataclass(frozen=True)
class GptBatch:
    """phones and tokens: [sentences, longest]; bert: [sentences, bert_dim, phones]; counts: [sentences]."""

    phones: Tensor
    phone_counts: Tensor
    tokens: Tensor
    token_counts: Tensor
    bert: Tensor

    def to(self, device: torch.device | str) -> "GptBatch":
        moved = (getattr(self, field.name).to(device, non_blocking=True) for field in fields(self))
        return GptBatch(*moved)


def together(sentences: Sequence[Sentence], eos: int) -> GptBatch:
    """A batch of them, in their order; padding is phone 0, the token `eos`, and zeros."""
    bert = torch.zeros(len(sentences), len(sentences[0].bert), max(len(each.phones) for each in sentences))
    for row, sentence in zip(bert, sentences, strict=True):
        row[:, : sentence.bert.shape[1]] = sentence.bert
    return GptBatch(
        _filled_up([each.phones for each in sentences], 0),
        torch.tensor([len(each.phones) for each in sentences]),
        _filled_up([each.tokens for each in sentences], eos),
        torch.tensor([len(each.tokens) for each in sentences]),
        bert,
    )


def with_tokens(batch: GptBatch, tokens: Sequence[Tensor], eos: int) -> GptBatch:
    """The same texts with other tokens."""
    device = batch.tokens.device
    counts = torch.tensor([len(each) for each in tokens], device=device)
    return GptBatch(batch.phones, batch.phone_counts, _filled_up(tokens, eos).to(device), counts, batch.bert)


def _filled_up(rows: Sequence[Tensor], padding: int) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=padding)
