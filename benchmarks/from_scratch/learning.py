"""What the encoder and the listener learn from: parts of clips, drawn by chance, with the phone of each frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from benchmarks.from_scratch.sounds import Sound

FRAMES = 100
"""Of a part."""
SAMPLES = 320 * (FRAMES - 1) + 400
"""Of 16 kHz, from which HuBERT makes as many frames."""

Tell = Callable[[int, dict[str, float]], None]
"""Is told the step and the values of curves."""


@dataclass(frozen=True)
class Parts:
    """heard: [batch, samples]; bands: [batch, 40, frames]; targets: [batch, frames], -100 for rare phones."""

    heard: Tensor
    bands: Tensor
    targets: Tensor


class Drawing:
    """phones: what is told apart; its places are the targets."""

    def __init__(self, sounds: Sequence[Sound], phones: Sequence[str], seed: int, device: torch.device):
        numbers = {phone: number for number, phone in enumerate(phones)}
        self._sounds = [sound for sound in sounds if sound.bands.shape[1] > FRAMES + 1]
        self._targets = [torch.tensor([numbers.get(phone, -100) for phone in each.phones]) for each in self._sounds]
        self._source = torch.Generator().manual_seed(seed)
        self._device = device

    def parts(self, count: int) -> Parts:
        chosen = torch.randint(len(self._sounds), (count,), generator=self._source).tolist()
        heard, bands, targets = zip(*(self._part(index) for index in chosen), strict=True)
        return Parts(*(torch.stack(each).to(self._device) for each in (heard, bands, targets)))

    def _part(self, index: int) -> tuple[Tensor, Tensor, Tensor]:
        sound = self._sounds[index]
        last = min(sound.bands.shape[1], (len(sound.heard) - 400) // 320 + 1) - FRAMES
        start = int(torch.randint(last + 1, (), generator=self._source))
        end = start + FRAMES
        samples = sound.heard[320 * start : 320 * start + SAMPLES]
        return samples, sound.bands[:, start:end], self._targets[index][start:end]


def rate_at(step: int, steps: int, highest: float) -> float:
    """Up over a tenth of the way, then down to nothing."""
    share = (step + 1) / steps
    return highest * min(share / 0.1, (1 - share) / 0.9 + 1e-3)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def share_right(logits: Tensor, targets: Tensor) -> float:
    """logits: [batch, frames, phones]."""
    counted = targets >= 0
    return ((logits.argmax(-1) == targets) & counted).sum().item() / max(int(counted.sum()), 1)
