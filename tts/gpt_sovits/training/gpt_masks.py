"""Who may not see whom in a batch of sentences of unequal lengths."""

import torch
from torch import Tensor

from tts.gpt_sovits.semantic.decoder import prefix_mask
from tts.gpt_sovits.training.gpt_batch import GptBatch


def hidden_padding(batch: GptBatch) -> Tensor:
    """[sentences, places, places]: True where a place must not be seen; phones stand right, tokens left.

    Every place sees itself, since attention to nothing is no number; nothing reads what padding then computes.
    """
    hidden = hidden_at_the_wrong_end(batch)
    hidden.diagonal(dim1=1, dim2=2).fill_(False)
    return hidden


def hidden_at_the_wrong_end(batch: GptBatch) -> Tensor:
    """As upstream since July 2025, whose phones stand left: of a short sentence the first phones, not the padding."""
    width, count = batch.phones.shape[1], batch.tokens.shape[1]
    device = batch.phones.device
    hidden_phones = torch.arange(width, device=device) < (width - batch.phone_counts).unsqueeze(1)
    hidden_tokens = torch.arange(count, device=device) >= batch.token_counts.unsqueeze(1)
    hidden_keys = torch.cat([hidden_phones, hidden_tokens], dim=1)
    unseen = prefix_mask(width, width + count, device).logical_not()
    return unseen | hidden_keys.unsqueeze(1)


def pushed_right(x: Tensor, counts: Tensor) -> Tensor:
    """Move the first `counts` places of each row to its end; [rows, places, width]."""
    length = x.shape[1]
    places = torch.arange(length, device=x.device)
    source = (places - (length - counts).unsqueeze(1)) % length
    return x.gather(1, source.unsqueeze(2).expand_as(x))
