"""How wrong the model is about the next token, and how much rather it would say something spoilt."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.training.gpt_batch import GptBatch, with_tokens

PREFERENCE = 0.2
"""How strongly a difference between the right tokens and the spoilt ones counts (beta of DPO)."""
TOP = 3

Model = Callable[[GptBatch], Tensor]


@dataclass(frozen=True)
class GptLoss:
    """Sums over a batch; total is the one to be derived, the others are for whoever watches."""

    total: Tensor
    cross_entropy: Tensor
    counted: Tensor
    """How many tokens the cross-entropy sums over, each sentence's end included."""
    hits: Tensor
    """Of the tokens that end no sentence, those among the three that the model thinks likeliest."""
    spoken: Tensor
    """How many tokens end no sentence."""


def loss_of(
    model: Model, batch: GptBatch, eos: int, counts_padding: bool, spoilt: list[Tensor] | None = None
) -> GptLoss:
    """Of one batch; counts_padding: padding is a token to be learnt, as upstream has it.

    spoilt: each sentence's tokens with a slip, which the model should think less likely (DPO without a reference).
    """
    logits = model(batch).float()
    targets, is_counted = targets_of(batch, eos, counts_padding)
    likelihood = _log_likelihood(logits, targets, is_counted)
    cross_entropy = -likelihood.sum()
    total = cross_entropy
    if spoilt is not None:
        other = with_tokens(batch, spoilt, eos)
        margin = likelihood - _log_likelihood(model(other).float(), *targets_of(other, eos, counts_padding))
        total = total - functional.logsigmoid(PREFERENCE * margin).mean()
    hits, spoken = _hits(logits.detach(), targets, eos)
    return GptLoss(total, cross_entropy.detach(), is_counted.sum(), hits, spoken)


def targets_of(batch: GptBatch, eos: int, counts_padding: bool) -> tuple[Tensor, Tensor]:
    """What each place should answer, and which places count, both [sentences, tokens + 1]."""
    targets = functional.pad(batch.tokens, (0, 1), value=eos)
    places = torch.arange(targets.shape[1], device=targets.device)
    is_counted = places <= batch.token_counts.unsqueeze(1)
    return targets, is_counted | counts_padding


def spoilt_tokens(batch: GptBatch, with_padding: bool, source: torch.Generator) -> list[Tensor]:
    """Each sentence with a stretch of its tokens said twice or left out; with_padding: the padding takes part."""
    rows = batch.tokens.cpu()
    counts = [rows.shape[1]] * len(rows) if with_padding else batch.token_counts.tolist()
    return [_spoilt(row[:count], source) for row, count in zip(rows, counts, strict=True)]


def _spoilt(tokens: Tensor, source: torch.Generator) -> Tensor:
    start, end = sorted(torch.randint(0, len(tokens), (2,), generator=source).tolist())
    if torch.rand((), generator=source) < 0.5:
        return torch.cat([tokens[:end], tokens[start:]])
    return torch.cat([tokens[:start], tokens[end:]])


def _log_likelihood(logits: Tensor, targets: Tensor, is_counted: Tensor) -> Tensor:
    """Of each sentence."""
    losses = functional.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return -(losses * is_counted).sum(1)


def _hits(logits: Tensor, targets: Tensor, eos: int) -> tuple[Tensor, Tensor]:
    is_spoken = targets != eos
    is_hit = (logits.topk(TOP).indices == targets.unsqueeze(2)).any(2)
    return (is_hit & is_spoken).sum(), is_spoken.sum()
