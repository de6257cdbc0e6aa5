"""Who judges in the end which phones were said: a network of its own, that has never met what it judges by."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.from_scratch.learning import Drawing, Tell, rate_at, set_rate, share_right
from benchmarks.from_scratch.phones import collapsed
from benchmarks.from_scratch.sounds import BANDS, Sound, bands_of

WIDTH, LAYERS, KERNEL = 160, 4, 5
RATE = 1e-3
TOLD_EVERY = 10
LOUDEST_NOISE = 0.6
"""In units of the bands' deviation: what is synthesised is never as clean as what was learnt from."""


class Listener(nn.Module):
    """Convolutions over 0.3 s of bands."""

    def __init__(self, phones: Sequence[str]):
        super().__init__()
        self.names = list(phones)
        widths = [BANDS, *[WIDTH] * LAYERS]
        self.convs = nn.ModuleList(nn.Conv1d(inputs, WIDTH, KERNEL, padding=KERNEL // 2) for inputs in widths[:-1])
        self.answer = nn.Conv1d(WIDTH, len(phones), 1)

    def forward(self, bands: Tensor) -> Tensor:
        """[batch, 40, frames] to [batch, phones, frames]."""
        x = bands
        for convolve in self.convs:
            x = functional.gelu(convolve(x))
        return self.answer(x)

    @torch.no_grad()
    def phones(self, samples: np.ndarray) -> list[str]:
        """What is said in a sound of 32 kHz, one after the other."""
        answers = self(bands_of(samples)[None])[0].argmax(0).tolist()
        return collapsed([self.names[answer] for answer in answers])


def learn_to_listen(
    sounds: Sequence[Sound], phones: Sequence[str], steps: int, batch_size: int, device: torch.device, tell: Tell
) -> Listener:
    """Returned on the CPU. tell: gets the loss and the share of frames whose phone is found."""
    torch.manual_seed(2)
    listener = Listener(phones).to(device)
    optimiser = torch.optim.AdamW(listener.parameters(), weight_decay=0.01)
    drawing = Drawing(sounds, phones, 2, device)
    for step in range(steps):
        set_rate(optimiser, rate_at(step, steps, RATE))
        parts = drawing.parts(batch_size)
        logits = listener(disturbed(parts.bands)).mT
        loss = functional.cross_entropy(logits.flatten(0, 1), parts.targets.flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % TOLD_EVERY == 0 or step == steps - 1:
            tell(step + 1, {"loss": loss.item(), "frames right": share_right(logits, parts.targets)})
    return listener.cpu().eval()


def disturbed(bands: Tensor) -> Tensor:
    """Each clip with noise and a channel of its own, loud or faint by chance."""
    count = len(bands)
    loudness = LOUDEST_NOISE * torch.rand(count, 1, 1, device=bands.device) * bands.std()
    channel = 0.5 * torch.randn(count, BANDS, 1, device=bands.device)
    return bands + channel + loudness * torch.randn_like(bands)


def save_listener(listener: Listener, file: Path) -> None:
    part = file.with_suffix(".part")
    torch.save({"names": listener.names, "weights": listener.state_dict()}, part)
    part.replace(file)


def load_listener(file: Path) -> Listener:
    content = torch.load(file, weights_only=True)
    listener = Listener(content["names"])
    listener.load_state_dict(content["weights"])
    return listener.eval()
