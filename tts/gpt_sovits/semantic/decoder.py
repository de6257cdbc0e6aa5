"""Decoding for several requests at once: a prefill for each that comes, then steps for all of them together."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.semantic.model import LONGEST, Attend, SemanticModel
from tts.gpt_sovits.semantic.sampling import draw
from tts.gpt_sovits.semantic.slots import Prompt, Slots


class Drawn:
    """The tokens of one step, which may still be on their way from the device."""

    def __init__(self, tokens: Tensor, ended: Tensor):
        self._tokens = tokens
        self._ended = ended

    def read(self) -> tuple[list[int], list[bool]]:
        """A token for each row, and whether the row has come to its end."""
        return self._tokens.tolist(), self._ended.tolist()


class Decoder:
    """The first `count` rows of the slots are in use; whoever calls keeps that count.

    A step draws from the logits that the step before has left, and then computes the next: so its tokens are known,
    and can be on their way, while the model is at work.
    """

    lag = 0
    """How many steps may be begun before the tokens of the first are read."""

    def __init__(self, model: SemanticModel, slots: Slots):
        self.model = model
        self.slots = slots

    @torch.inference_mode()
    def prefill(self, row: int, prompt: Prompt) -> None:
        """Fill the row's keys and values, and compute the logits of its first token."""
        model, slots = self.model, self.slots
        device = slots.keys.device
        x = model.embed_phones(prompt.phones.to(device), prompt.bert.to(device))
        if len(prompt.tokens):
            places = torch.arange(len(prompt.tokens), device=device)
            x = torch.cat([x, model.embed_tokens(prompt.tokens.to(device), places)])
        length = len(x)
        kind = slots.keys.dtype
        hidden = prefix_mask(len(prompt.phones), length, device).logical_not()
        mask = torch.zeros(hidden.shape, dtype=kind, device=device).masked_fill(hidden, -torch.inf)

        def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            key, value = key.to(kind), value.to(kind)
            slots.fill(layer, row, key[0], value[0])
            mixed = functional.scaled_dot_product_attention(query.to(kind), key, value, attn_mask=mask)
            return mixed.to(query.dtype)

        x = model.run(x.unsqueeze(0), attend)
        slots.open(row, prompt, length, model.head(x[0, -1]))

    @torch.inference_mode()
    def step(self, count: int) -> Drawn:
        """Draw a token in each of the first rows, and get ready to draw the next."""
        drawn = Drawn(*self.advance(count, self._attend_row_by_row))
        for row in range(count):
            self.slots.lengths[row] += 1
        return drawn

    def advance(self, count: int, attend_with: Callable[[int], Attend]) -> tuple[Tensor, Tensor]:
        """The step itself, on the device alone: it asks the host for nothing, so it can be recorded as a graph.

        The state changes only when all is computed: after a step that failed for want of memory, the others go on.
        """
        model, slots = self.model, self.slots
        tokens, ended = draw(slots.logits[:count], slots.rows(count), model.config.eos)
        # Rows that a recorded step has besides those in use count on and on.
        places = slots.token_place[:count].clamp(max=LONGEST - 1)
        x = model.embed_tokens(tokens, places).unsqueeze(1)
        x = model.run(x, attend_with(count))
        slots.logits[:count] = model.head(x[:, 0])
        slots.seen[:count].scatter_(1, tokens.unsqueeze(1), True)
        for counter in (slots.step, slots.token_place, slots.length):
            counter[:count] += 1
        return tokens, ended

    def _attend_row_by_row(self, count: int) -> Attend:
        """Each row attends to exactly its own places, so that it computes the same whoever else is in the batch."""
        slots = self.slots

        def attend(layer: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            new_keys, new_values = joined(key), joined(value)
            mixed = []
            for row in range(count):
                length = slots.lengths[row] + 1
                keys, values = slots.keys[layer, row, :length], slots.values[layer, row, :length]
                keys[-1], values[-1] = new_keys[row, 0], new_values[row, 0]
                keys, values = (split(each, query.shape[1]).to(query.dtype) for each in (keys, values))
                mixed.append(functional.scaled_dot_product_attention(query[row], keys, values))
            return torch.stack(mixed)

        return attend


def joined(x: Tensor) -> Tensor:
    """[..., heads, places, head_dim] -> [..., places, width], as the slots keep it."""
    return x.transpose(-3, -2).flatten(-2)


def split(x: Tensor, head_count: int) -> Tensor:
    """[..., places, width] -> [..., heads, places, head_dim]."""
    return x.unflatten(-1, (head_count, -1)).transpose(-3, -2)


def prefix_mask(phones: int, length: int, device: torch.device | str) -> Tensor:
    """Who may be seen, [length, length]: phones see all phones, tokens see all phones and the tokens before them."""
    places = torch.arange(length, device=device)
    return (places < phones) | ((places <= places.unsqueeze(1)) & (places >= phones).unsqueeze(1))
