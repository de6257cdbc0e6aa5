"""How close models with fewer bits come to exact ones."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt

CERTAIN = 1e6
"""A logit that leaves no choice, whatever the repetition penalty."""


@dataclass(frozen=True)
class Agreement:
    """same_choice: share of the steps at which both find the same token likeliest.

    relative_error: of the logits, root mean square, in units of their standard deviation.
    """

    same_choice: float
    relative_error: float


def agreement(exact: Decoder, other: Decoder, prompt: Prompt, steps: int) -> Agreement:
    """Both are fed the tokens that the exact one draws, so that one difference does not make all that follow."""
    tokens = drawn_tokens(exact, prompt, steps)
    pairs = zip(logits_along(exact, prompt, tokens), logits_along(other, prompt, tokens), strict=True)
    return compared(list(pairs))


def compared(pairs: list[tuple[Tensor, Tensor]]) -> Agreement:
    exact, other = (torch.stack(each) for each in zip(*pairs, strict=True))
    error = (other - exact).square().mean().sqrt() / exact.std()
    return Agreement((exact.argmax(-1) == other.argmax(-1)).double().mean().item(), error.item())


def drawn_tokens(decoder: Decoder, prompt: Prompt, steps: int) -> list[int]:
    decoder.prefill(0, prompt)
    return [decoder.step(1).read()[0][0] for _ in range(steps)]


def logits_along(decoder: Decoder, prompt: Prompt, tokens: list[int]) -> Iterator[Tensor]:
    """Before each of the tokens, which are forced by leaving no other choice."""
    decoder.prefill(0, replace(prompt, sampling=Sampling(top_k=1)))
    for token in tokens:
        logits = decoder.slots.logits[0]
        yield logits.cpu().clone()
        logits.fill_(-CERTAIN)
        logits[token] = CERTAIN
        drawn = decoder.step(1).read()[0][0]
        if drawn != token:
            raise RuntimeError(f"token {drawn} was drawn where {token} was forced")


def signal_to_noise_db(signal: Tensor, other: Tensor) -> float:
    return 10 * torch.log10(signal.square().sum() / (other - signal).square().sum()).item()
