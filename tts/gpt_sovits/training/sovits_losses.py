"""What training makes small, each with the weight that it has in the whole; in float32, whatever the networks use."""

from dataclasses import dataclass

import torch
from torch import Tensor

from tts.gpt_sovits.training.sovits_generator import Generated

MEL_WEIGHT = 45.0
FEATURE_WEIGHT = 2.0


@dataclass(frozen=True)
class DiscriminatorLoss:
    """real, fake: of each discriminator."""

    real: list[Tensor]
    fake: list[Tensor]

    @property
    def total(self) -> Tensor:
        return torch.stack(self.real + self.fake).sum()


@dataclass(frozen=True)
class GeneratorLoss:
    """adversarial: of each discriminator."""

    adversarial: list[Tensor]
    features: Tensor
    mel: Tensor
    divergence: Tensor
    divergence_weight: float = 1.0
    spectra: Tensor | None = None
    """The distance of spectra with its weight, where it is asked for."""

    @property
    def total(self) -> Tensor:
        found = torch.stack(self.adversarial).sum() + self.features + self.mel
        found = found + self.divergence_weight * self.divergence
        return found if self.spectra is None else found + self.spectra


Answers = list[list[Tensor]]
"""As `Discriminators` gives them."""


def discriminator_loss(real: Answers, fake: Answers) -> DiscriminatorLoss:
    """Least squares (Mao et al., 2017)."""
    return DiscriminatorLoss(
        [(1 - judged[-1].float()).square().mean() for judged in real],
        [judged[-1].float().square().mean() for judged in fake],
    )


def unheard(device: torch.device) -> tuple[Answers, Answers]:
    """As if discriminators had found recorded and generated sound alike, where they are not asked."""
    return [[torch.ones((), device=device)]], [[torch.ones((), device=device)]]


def generator_loss(real: Answers, fake: Answers, mel: Tensor, generated: Generated, mel_made: Tensor) -> GeneratorLoss:
    """mel, mel_made: log-mel spectrograms of the segment as recorded and as generated."""
    return GeneratorLoss(
        adversarial=[(1 - judged[-1].float()).square().mean() for judged in fake],
        features=FEATURE_WEIGHT * feature_distance(real, fake),
        mel=MEL_WEIGHT * (mel - mel_made).abs().mean(),
        divergence=divergence(generated),
    )


def feature_distance(real: Answers, fake: Answers) -> Tensor:
    """How far apart the answers of all layers are, the verdict included."""
    pairs = zip((x for judged in real for x in judged), (x for judged in fake for x in judged), strict=True)
    return torch.stack([(ours.detach().float() - made.float()).abs().mean() for ours, made in pairs]).sum()


def divergence(generated: Generated) -> Tensor:
    """Kullback-Leibler divergence of the posterior from the prior, in nats a frame."""
    log_prior, log_posterior = generated.prior_log_deviation.float(), generated.posterior_log_deviation.float()
    distance = generated.latent_as_prior.float() - generated.prior_mean.float()
    each = log_prior - log_posterior - 0.5 + 0.5 * distance.square() * (-2 * log_prior).exp()
    return (each * generated.mask).sum() / generated.mask.sum()
