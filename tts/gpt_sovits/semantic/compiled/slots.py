"""Keys and values in the order in which the compiled step reads them."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.semantic.compiled.floats import LANES
from tts.gpt_sovits.semantic.slots import Slots


class TiledSlots(Slots):
    """In tiles of 16 places, one for each head, in bfloat16.

    keys: [layers, slots, tiles, heads, head_dim, 16], so that 16 scores are computed side by side;
    values: [layers, slots, tiles, heads, 16, head_dim].
    """

    def __init__(self, config: SemanticConfig, count: int, places: int):
        super().__init__(config, count, places, torch.bfloat16)

    def _caches(
        self, config: SemanticConfig, count: int, dtype: torch.dtype, device: torch.device | str
    ) -> tuple[Tensor, Tensor]:
        tiles = (config.layer_count, count, self._used(self.places), config.head_count)
        head_dim = config.hidden_dim // config.head_count
        # numpy's zeros take memory only where they are written to. What lies beyond a row's places is read, and must
        # be a number.
        keys, values = np.zeros((*tiles, head_dim, LANES), np.uint16), np.zeros((*tiles, LANES, head_dim), np.uint16)
        return torch.from_numpy(keys).view(dtype), torch.from_numpy(values).view(dtype)

    def fill(self, layer: int, row: int, key: Tensor, value: Tensor) -> None:
        used = self._used(key.shape[1])
        key, value = (functional.pad(each, (0, 0, 0, used * LANES - each.shape[1])) for each in (key, value))
        # [heads, tiles, 16, head_dim]
        key, value = (each.unflatten(1, (used, LANES)) for each in (key, value))
        self.keys[layer, row, :used] = key.permute(1, 0, 3, 2)
        self.values[layer, row, :used] = value.transpose(0, 1)

    def _used(self, length: int) -> int:
        return -(-length // LANES)
