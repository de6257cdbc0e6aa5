"""Random prompts for the semantic model, and what decoders make of them."""

import torch

from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt


def random_prompt(number: int, phones: int = 20, tokens: int = 15, sampling: Sampling | None = None) -> Prompt:
    """The same number gives the same prompt, which also draws with a seed of its own."""
    source = torch.Generator().manual_seed(1000 + number)
    return Prompt(
        torch.randint(0, 732, (phones,), generator=source),
        torch.randn(1024, phones, generator=source),
        torch.randint(0, 1024, (tokens,), generator=source),
        sampling or Sampling(top_k=[15, 1, 50, 1025][number % 4], top_p=[1.0, 0.9][number % 2]),
        seed=number,
    )


def drawn(decoder: Decoder, count: int, steps: int) -> list[list[int]]:
    """The tokens of each row, past its end if it comes to one."""
    read = [decoder.step(count).read()[0] for _ in range(steps)]
    return [list(row) for row in zip(*read, strict=True)]
