"""What the decoder knows about each request under way: one row a request, all rows in tensors of fixed size."""

from dataclasses import dataclass

import torch
from torch import Tensor

from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.semantic.sampling import Rows, Sampling


@dataclass(frozen=True)
class Prompt:
    """What one piece's tokens are made from.

    phones: int64 [phones], of the reference's words (when it has any) followed by those to speak.
    bert: [bert_dim, phones], zero where there are no features.
    tokens: int64 [tokens], the reference's; empty without a transcript.
    """

    phones: Tensor
    bert: Tensor
    tokens: Tensor
    sampling: Sampling
    seed: int


class Slots:
    """Keys and values [layers, slots, places, width], and the state that a step changes.

    The rows in use are always the first ones: a freed row is filled with the last.
    """

    def __init__(
        self, config: SemanticConfig, count: int, places: int, dtype: torch.dtype, device: torch.device | str = "cpu"
    ):
        self.places = places
        self.keys, self.values = self._caches(config, count, dtype, device)

        def integers() -> Tensor:
            return torch.zeros(count, dtype=torch.int64, device=device)

        self.token_place, self.length = integers(), integers()
        self.seed, self.step, self.top_k = integers(), integers(), integers() + 1
        self.top_p = torch.ones(count, device=device)
        self.temperature = torch.ones(count, device=device)
        self.repetition_penalty = torch.ones(count, device=device)
        self.seen = torch.zeros(count, config.vocab_size, dtype=torch.bool, device=device)
        self.logits = torch.zeros(count, config.vocab_size, device=device)
        """Of the token that is drawn next."""
        self.lengths = [0] * count
        """`length` as the host knows it, without asking the device."""

    def _caches(
        self, config: SemanticConfig, count: int, dtype: torch.dtype, device: torch.device | str
    ) -> tuple[Tensor, Tensor]:
        shape = (config.layer_count, count, self.places, config.hidden_dim)
        # On a CPU not written to, so that only the places that are used take memory. Elsewhere steps look at all places
        # and forget those beyond a row's own, which works with numbers only.
        make = torch.empty if torch.device(device).type == "cpu" else torch.zeros
        return make(shape, dtype=dtype, device=device), make(shape, dtype=dtype, device=device)

    def fill(self, layer: int, row: int, key: Tensor, value: Tensor) -> None:
        """Keep the keys and values [heads, places, head_dim] of a row's first places."""
        self.keys[layer, row, : key.shape[1]] = key.transpose(0, 1).flatten(1)
        self.values[layer, row, : key.shape[1]] = value.transpose(0, 1).flatten(1)

    def rows(self, count: int) -> Rows:
        """Views of the first `count` rows, as sampling takes them."""
        return Rows(
            self.top_k[:count],
            self.top_p[:count],
            self.temperature[:count],
            self.repetition_penalty[:count],
            self.seed[:count],
            self.step[:count],
            self.seen[:count],
        )

    def open(self, row: int, prompt: Prompt, length: int, logits: Tensor) -> None:
        """Make the row, whose first `length` places are filled, ready to draw its first token from the logits."""
        self.length[row] = self.lengths[row] = length
        self.token_place[row] = len(prompt.tokens)
        self.step[row] = 0
        self.seed[row] = prompt.seed
        self.top_k[row] = prompt.sampling.top_k
        self.top_p[row] = prompt.sampling.top_p
        self.temperature[row] = prompt.sampling.temperature
        self.repetition_penalty[row] = prompt.sampling.repetition_penalty
        self.logits[row] = logits
        self.seen[row] = False
        self.seen[row, prompt.tokens.to(self.seen.device)] = True

    def move(self, source: int, target: int) -> None:
        """Let `target` go on with what `source` was doing."""
        used = self._used(self.lengths[source])
        self.keys[:, target, :used] = self.keys[:, source, :used]
        self.values[:, target, :used] = self.values[:, source, :used]
        for state in self._state():
            state[target] = state[source]
        self.lengths[target] = self.lengths[source]

    def _used(self, length: int) -> int:
        """How far the caches are filled, in their third dimension."""
        return length

    def snapshot(self) -> list[Tensor]:
        """The state but for keys and values, of which a step only adds some behind a row's last."""
        return [state.clone() for state in self._state()]

    def restore(self, snapshot: list[Tensor]) -> None:
        for state, before in zip(self._state(), snapshot, strict=True):
            state.copy_(before)

    def _state(self) -> tuple[Tensor, ...]:
        return (
            *(self.token_place, self.length, self.seed, self.step, self.top_k, self.top_p),
            *(self.temperature, self.repetition_penalty, self.seen, self.logits),
        )
