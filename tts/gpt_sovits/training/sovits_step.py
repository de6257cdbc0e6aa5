"""One step of the training of SoVITS: the discriminators learn from a batch, then the generator does."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from tts.gpt_sovits.features.spectrogram import HOP
from tts.gpt_sovits.training.discriminators import Discriminators
from tts.gpt_sovits.training.mel import log_mel, spectrograms
from tts.gpt_sovits.training.recovery import NotFinite
from tts.gpt_sovits.training.sovits_beginning import as_at_the_beginning, shorten
from tts.gpt_sovits.training.sovits_generator import Batch, Chances, Generated, Generator
from tts.gpt_sovits.training.sovits_latent import slices
from tts.gpt_sovits.training.sovits_losses import (
    Answers,
    DiscriminatorLoss,
    GeneratorLoss,
    discriminator_loss,
    generator_loss,
    unheard,
)
from tts.gpt_sovits.training.sovits_options import Beginning

BETAS, EPSILON = (0.8, 0.99), 1e-9
TEXT_PARTS = ("enc_p.text_embedding.", "enc_p.encoder_text.", "enc_p.mrte.")
"""What the base model has learned of language, from far more speech than one voice has, is changed more slowly."""


MOST_LOST_UPDATES = 20
"""One after another, in which float16 could not hold the gradients."""


@dataclass(frozen=True)
class Rates:
    """base: in epoch 0, from where each epoch decays it; text: the share of it that the parts for text get."""

    base: float = 1e-4
    text: float = 0.4
    decay: float = 0.999875

    def at(self, epoch: int) -> float:
        """epoch: from 1, which upstream has decayed already."""
        return self.base * self.decay**epoch


@dataclass(frozen=True)
class StepResult:
    """The losses with their weights in the whole, as Tensors on the device, and the norms of the gradients."""

    discriminators: DiscriminatorLoss
    generator: GeneratorLoss
    discriminators_norm: Tensor
    generator_norm: Tensor

    def values(self) -> dict[str, float]:
        """For a curve: those that are numbers, which a gradient that float16 could not hold is not."""
        losses = self.generator
        found = {
            "loss": losses.total,
            "disc": self.discriminators.total,
            "gen": torch.stack(losses.adversarial).sum(),
            "fm": losses.features,
            "mel": losses.mel,
            "kl": losses.divergence,
            "grad_norm_g": self.generator_norm,
            "grad_norm_d": self.discriminators_norm,
        }
        if losses.spectra is not None:
            found["spectra"] = losses.spectra
        values = {name: value.item() for name, value in found.items()}
        return {name: value for name, value in values.items() if math.isfinite(value)}


class SovitsStep:
    """generate, judge: the two networks, or what wraps them for several devices.

    is_mixed: compute in float16 where that is safe, as upstream does on graphics cards; bfloat16 has too few digits
    for a waveform.
    """

    def __init__(
        self,
        generator: Generator,
        discriminators: Discriminators,
        rates: Rates,
        is_mixed: bool = False,
        wrap: Callable[[nn.Module], nn.Module] = lambda network: network,
        beginning: Beginning | None = None,
    ):
        self._beginning = beginning or Beginning()
        self.generator, self.discriminators = generator, discriminators
        self.rates = rates
        self.device = generator.quantizer.codebook.device
        self._is_mixed = is_mixed
        self._generate, self._judge = wrap(generator), wrap(discriminators)
        self.generator_optimiser = torch.optim.AdamW(_groups(generator, rates.text), betas=BETAS, eps=EPSILON)
        self.discriminators_optimiser = torch.optim.AdamW(discriminators.parameters(), betas=BETAS, eps=EPSILON)
        self._scaler = torch.amp.GradScaler(self.device.type, enabled=is_mixed)  # pyright: ignore[reportPrivateImportUsage]
        self._lost_updates = 0
        self.set_rate(rates.at(1))

    def set_rate(self, rate: float) -> None:
        for optimiser in (self.generator_optimiser, self.discriminators_optimiser):
            for group in optimiser.param_groups:
                group["lr"] = rate * group.get("share", 1.0)

    def __call__(self, batch: Batch, chances: Chances, steps_done: int = 0) -> StepResult:
        """Raises NotFinite where a loss or a gradient is no number; then the discriminators may have changed.

        steps_done: before this one; only a beginning asks.
        """
        is_judged = steps_done >= self._beginning.judges_from
        with self._mixed():
            generated: Generated = self._generate(batch, chances)
        starts, frames = generated.starts, self.generator.segment_frames
        sound = slices(batch.sound, starts * HOP, frames * HOP)
        nothing = torch.zeros((), device=self.device)
        judged_loss, judged_norm = DiscriminatorLoss([nothing], [nothing]), nothing
        if is_judged:
            judged_loss, judged_norm = self._teach_discriminators(sound, generated.sound.detach())
        mel = slices(log_mel(batch.spectrograms), starts, frames)
        mel_made = log_mel(spectrograms(generated.sound[:, 0].float()))
        with self._mixed():
            judged = self._judged_without_learning(sound, generated.sound) if is_judged else unheard(self.device)
        loss = generator_loss(*judged, mel, generated, mel_made)
        loss = as_at_the_beginning(loss, self._beginning, sound, generated.sound, steps_done)
        norm = self._learn(self.generator_optimiser, loss.total)
        self._rescale()
        return StepResult(judged_loss, loss, judged_norm, norm)

    def state(self) -> dict[str, Any]:
        """A tree for a checkpoint."""
        return {
            "generator": self.generator.state_dict(),
            "discriminators": self.discriminators.state_dict(),
            "generator_optimiser": self.generator_optimiser.state_dict(),
            "discriminators_optimiser": self.discriminators_optimiser.state_dict(),
            "scaler": self._scaler.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Raises KeyError, RuntimeError or ValueError where the state is of other networks."""
        self.generator.load_state_dict(state["generator"])
        self.discriminators.load_state_dict(state["discriminators"])
        self.generator_optimiser.load_state_dict(state["generator_optimiser"])
        self.discriminators_optimiser.load_state_dict(state["discriminators_optimiser"])
        if self._is_mixed and state["scaler"]:
            self._scaler.load_state_dict(state["scaler"])

    def _teach_discriminators(self, sound: Tensor, made: Tensor) -> tuple[DiscriminatorLoss, Tensor]:
        with self._mixed():
            real, fake = _halves(self._judge(torch.cat([sound, made])))
        loss = discriminator_loss(real, fake)
        return loss, self._learn(self.discriminators_optimiser, loss.total)

    def _judged_without_learning(self, sound: Tensor, made: Tensor) -> tuple[Answers, Answers]:
        """The discriminators only pass gradients on here; those of their own weights would be thrown away."""
        fixed = {name: tensor.detach() for name, tensor in self.discriminators.named_parameters()}
        return _halves(functional_call(self.discriminators, fixed, torch.cat([sound, made])))

    def _learn(self, optimiser: torch.optim.Optimizer, loss: Tensor) -> Tensor:
        """Returns the norm of the gradients, which is only told, and limited at a beginning alone."""
        if not math.isfinite(loss.item()):
            raise NotFinite(1.0)
        optimiser.zero_grad()
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(optimiser)
        gradients = [p.grad for group in optimiser.param_groups for p in group["params"] if p.grad is not None]
        # In float32, a sum over millions of squares is off by a thousandth.
        norm = torch.stack([torch.linalg.vector_norm(each, dtype=torch.float64) for each in gradients]).norm()
        if not self._scaler.is_enabled() and not math.isfinite(norm.item()):
            raise NotFinite(1.0)
        shorten(gradients, norm, self._beginning)
        self._scaler.step(optimiser)  # which leaves out what float16 could not hold
        return norm

    def _rescale(self) -> None:
        if not self._scaler.is_enabled():
            return
        before = self._scaler.get_scale()
        self._scaler.update()
        self._lost_updates = self._lost_updates + 1 if self._scaler.get_scale() < before else 0
        if self._lost_updates > MOST_LOST_UPDATES:
            raise NotFinite(1.0)

    def _mixed(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.float16, enabled=self._is_mixed)


def _groups(generator: Generator, text_share: float) -> list[dict[str, Any]]:
    """`share`: of the rate that the others learn with."""
    learning = [(name, tensor) for name, tensor in generator.named_parameters() if tensor.requires_grad]
    text = [tensor for name, tensor in learning if name.startswith(TEXT_PARTS)]
    others = [tensor for name, tensor in learning if not name.startswith(TEXT_PARTS)]
    return [{"params": others, "share": 1.0}, {"params": text, "share": text_share}]


def _halves(answers: Answers) -> tuple[Answers, Answers]:
    """Of the recorded and of the generated sound, which were judged together."""
    pairs = [[x.chunk(2) for x in judged] for judged in answers]
    return [[pair[0] for pair in judged] for judged in pairs], [[pair[1] for pair in judged] for judged in pairs]
