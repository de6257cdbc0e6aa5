"""The content encoder: learns which phone each frame is in, and a little of how it sounds."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.from_scratch.hubert_learner import HubertLearner, config_of
from benchmarks.from_scratch.learning import Drawing, Tell, rate_at, set_rate, share_right
from benchmarks.from_scratch.plan import EncoderPlan
from benchmarks.from_scratch.sounds import BANDS, Sound

COEFFICIENTS = 13
SOUND_WEIGHT = 0.3
"""Of the cepstrum beside the phones: what it adds to the tokens is voicing and loudness."""
RATE = 5e-4
TOLD_EVERY = 10


def cepstrum() -> Tensor:
    """[13, 40]: a cosine transform of bands."""
    places = (torch.arange(BANDS) + 0.5) * math.pi / BANDS
    return torch.cos(torch.arange(COEFFICIENTS)[:, None] * places) * math.sqrt(2 / BANDS)


class Learning(nn.Module):
    """The encoder with both answers that only its training asks for."""

    def __init__(self, encoder: HubertLearner, phone_count: int):
        super().__init__()
        self.encoder = encoder
        self.phones = nn.Linear(encoder.config["hidden_size"], phone_count)
        self.sound = nn.Linear(encoder.config["hidden_size"], COEFFICIENTS)

    def forward(self, heard: Tensor) -> tuple[Tensor, Tensor]:
        features = self.encoder(heard)
        return self.phones(features), self.sound(features)


def learn_content(
    sounds: Sequence[Sound], phones: Sequence[str], plan: EncoderPlan, device: torch.device, tell: Tell
) -> HubertLearner:
    """tell: gets the loss and the share of frames whose phone is found."""
    torch.manual_seed(1)
    learning = Learning(HubertLearner(config_of(plan.channels, plan.inner, plan.layers)), len(phones)).to(device)
    optimiser = torch.optim.AdamW(learning.parameters(), weight_decay=0.01)
    drawing, turn = Drawing(sounds, phones, 1, device), cepstrum().to(device)
    for step in range(plan.steps):
        set_rate(optimiser, rate_at(step, plan.steps, RATE))
        parts = drawing.parts(plan.batch_size)
        logits, cepstra = learning(parts.heard)
        wanted = turn @ parts.bands
        wanted = wanted / wanted.std(dim=(0, 2), keepdim=True).clamp_min(1e-3)
        loss = functional.cross_entropy(logits.flatten(0, 1), parts.targets.flatten())
        loss = loss + SOUND_WEIGHT * functional.mse_loss(cepstra.mT, wanted)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learning.parameters(), 1.0)
        optimiser.step()
        if step % TOLD_EVERY == 0 or step == plan.steps - 1:
            tell(step + 1, {"loss": loss.item(), "frames right": share_right(logits, parts.targets)})
    return learning.encoder.eval()
