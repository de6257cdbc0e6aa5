"""The decoder whose steps are compiled; the prefill is torch's."""

import numpy as np
import torch
from torch import Tensor, nn

from tts.gpt_sovits.semantic.compiled.dot import MOST_INPUTS, WIDEST_BLOCK
from tts.gpt_sovits.semantic.compiled.floats import LANES
from tts.gpt_sovits.semantic.compiled.slots import TiledSlots
from tts.gpt_sovits.semantic.compiled.step import step
from tts.gpt_sovits.semantic.decoder import Decoder, Drawn
from tts.gpt_sovits.semantic.model import SemanticModel


class CompiledDecoder(Decoder):
    """Makes its 8-bit weights from the model; the model itself may have its linear layers replaced afterwards."""

    def __init__(self, model: SemanticModel, slots: TiledSlots):
        super().__init__(model, slots)
        self.layers = packed_layers(model)
        self.embeddings = (
            model.tokens.weight.float().numpy(),
            model.position_table.numpy(),
            np.float32(model.token_position_scale.item()),
            model.head.weight.float().contiguous().numpy(),
        )
        self.state = tuple(
            tensor.numpy()
            for tensor in (
                *(slots.logits, slots.seen, slots.step, slots.token_place, slots.length, slots.seed),
                *(slots.top_k, slots.top_p, slots.temperature, slots.repetition_penalty),
            )
        )
        self.keys, self.values = (cache.view(torch.uint16).numpy() for cache in (slots.keys, slots.values))
        self.tokens = np.zeros(len(slots.lengths), np.int64)
        self.ended = np.zeros(len(slots.lengths), np.bool_)

    def step(self, count: int) -> Drawn:
        step(
            *(count, self.model.config.eos, self.state, self.layers, self.embeddings),
            *(self.keys, self.values, self.tokens, self.ended),
        )
        self.slots.lengths[:count] = [length + 1 for length in self.slots.lengths[:count]]
        return Drawn(torch.from_numpy(self.tokens[:count].copy()), torch.from_numpy(self.ended[:count].copy()))


def fits(model: SemanticModel) -> bool:
    """Whether the widths are such that the kernels can take them in whole blocks, and sums do not overflow."""
    width, head_count = model.config.hidden_dim, model.config.head_count
    return width % WIDEST_BLOCK == 0 and width // head_count % LANES == 0 and 4 * width <= MOST_INPUTS


def packed_layers(model: SemanticModel) -> tuple[np.ndarray, ...]:
    """For each kind of linear layer, all layers' weights as int8, scales and biases; then the norms' numbers."""
    packed: list[np.ndarray] = []
    for kind in ("qkv", "attention_out", "up", "down"):
        packed += packed_linears([getattr(layer, kind) for layer in model.layers])
    for kind in ("norm1", "norm2"):
        norms = [getattr(layer, kind) for layer in model.layers]
        packed += [stacked([norm.weight for norm in norms]), stacked([norm.bias for norm in norms])]
    return tuple(packed)


def packed_linears(linears: list[nn.Linear]) -> list[np.ndarray]:
    outputs, inputs = linears[0].weight.shape
    codes = np.empty((len(linears), outputs, inputs), np.int8)
    scales = np.empty((len(linears), outputs), np.float32)
    for index, linear in enumerate(linears):
        weight = linear.weight.detach().float()
        scale = weight.abs().amax(dim=1).clamp(min=1e-12) / 127
        codes[index] = (weight / scale.unsqueeze(1)).round().to(torch.int8).numpy()
        scales[index] = scale.numpy()
    return [codes, scales, stacked([linear.bias for linear in linears])]


def stacked(tensors: list[Tensor]) -> np.ndarray:
    return torch.stack([tensor.detach().float() for tensor in tensors]).numpy()
