"""The next token of each row: penalty, nucleus, temperature, top k, draw, in upstream's order."""

from dataclasses import dataclass

import torch
from torch import Tensor

from tts.gpt_sovits.noise import exponential

STEPS_WITHOUT_END = 11
"""So many tokens at least: before that the end is not among the choices."""


@dataclass(frozen=True)
class Sampling:
    """How a piece's tokens are drawn; upstream's defaults."""

    top_k: int = 15
    top_p: float = 1.0
    temperature: float = 1.0
    repetition_penalty: float = 1.35


@dataclass(frozen=True)
class Rows:
    """The same for every row of a batch: one value a row, `seen` [rows, vocabulary]."""

    top_k: Tensor
    top_p: Tensor
    temperature: Tensor
    repetition_penalty: Tensor
    seed: Tensor
    step: Tensor
    seen: Tensor


def draw(logits: Tensor, rows: Rows, end: int) -> tuple[Tensor, Tensor]:
    """The tokens [rows], and which rows have come to their end; logits: [rows, vocabulary] in float32.

    A row ends when the end is drawn, and also when it is the likeliest choice.
    """
    too_early = (rows.step < STEPS_WITHOUT_END).unsqueeze(-1)
    is_end = torch.arange(logits.shape[-1], device=logits.device) == end
    logits = penalized(logits.masked_fill(too_early & is_end, -torch.inf), rows.seen, rows.repetition_penalty)
    chances = probabilities(logits, rows.top_k, rows.top_p, rows.temperature)
    tokens = (chances / exponential(rows.seed, rows.step, logits.shape[-1])).argmax(-1)
    return tokens, (tokens == end) | (logits.argmax(-1) == end)


def penalized(logits: Tensor, seen: Tensor, penalty: Tensor) -> Tensor:
    """Make what was said before less likely (Keskar et al., 2019)."""
    penalty = penalty.unsqueeze(-1)
    return torch.where(seen, torch.where(logits < 0, logits * penalty, logits / penalty), logits)


def probabilities(logits: Tensor, top_k: Tensor, top_p: Tensor, temperature: Tensor) -> Tensor:
    """Chances [rows, vocabulary] after nucleus (on the untempered logits), temperature and top k."""
    ranked, order = logits.sort(dim=-1, descending=True, stable=True)  # so that ties are alike on every device
    beyond = ranked.softmax(-1).cumsum(-1) > top_p.unsqueeze(-1)
    beyond = beyond & (top_p < 1).unsqueeze(-1)
    beyond[..., 0] = False
    ranked = ranked.masked_fill(beyond, -torch.inf)
    # Ranks do not change below, so the k-th largest is found where the ranks are.
    last = (top_k.clamp(1, logits.shape[-1]) - 1).unsqueeze(-1)
    ranked = ranked.masked_fill(ranked < ranked.gather(-1, last), -torch.inf)
    chances = (ranked / temperature.clamp(min=1e-5).unsqueeze(-1)).softmax(-1)
    return torch.empty_like(chances).scatter_(-1, order, chances)
