"""The acoustic model in the form that is trained: with the posterior encoder, masks, dropout and weight norm."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from tts.gpt_sovits.acoustic.timbre import Quantizer, SpeakerBlend
from tts.gpt_sovits.acoustic.vocoder import Vocoder
from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.training.sovits_attention import mask_of
from tts.gpt_sovits.training.sovits_latent import PosteriorEncoder, TrainingFlow, slices
from tts.gpt_sovits.training.sovits_prior import TrainingPrior
from tts.gpt_sovits.training.sovits_style import TrainingStyle


@dataclass(frozen=True)
class Batch:
    """Utterances padded with zeros to a common and even number of frames (20 ms).

    features: HuBERT's, [batch, 768, frames]; spectrograms: [batch, 1025, frames]; sound: [batch, 1, samples];
    phones: [batch, phones]; speakers: [batch, 20480] for the Pro models.
    """

    features: Tensor
    spectrograms: Tensor
    frame_counts: Tensor
    sound: Tensor
    phones: Tensor
    phone_counts: Tensor
    speakers: Tensor | None = None

    def to(self, device: torch.device) -> "Batch":
        moved = {name: x.to(device, non_blocking=True) for name, x in vars(self).items() if x is not None}
        return Batch(**moved)


@dataclass(frozen=True)
class Chances:
    """What is left to chance in a step: noise [batch, inter, frames], normal; places [batch], uniform in [0, 1)."""

    noise: Tensor
    places: Tensor


@dataclass(frozen=True)
class Generated:
    """sound: [batch, 1, segment] from frame `starts` [batch] on; the rest is [batch, inter, frames]."""

    sound: Tensor
    starts: Tensor
    mask: Tensor
    latent: Tensor
    latent_as_prior: Tensor
    prior_mean: Tensor
    prior_log_deviation: Tensor
    posterior_log_deviation: Tensor


class FrozenQuantizer(Quantizer):
    """With the statistics of the codebook's own training, which exported files contain."""

    def __init__(self, config: AcousticConfig):
        super().__init__(config)
        self.register_buffer("inited", torch.ones(1))
        self.register_buffer("cluster_size", torch.ones(config.codebook_size))
        self.register_buffer("embed_avg", torch.zeros(config.codebook_size, config.ssl_dim))
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, features: Tensor) -> Tensor:
        """[batch, ssl, frames] as the nearest entries of the codebook, of the same shape."""
        return self.frames(self.tokens(features))


class Generator(nn.Module):
    def __init__(self, config: AcousticConfig, segment_frames: int, dropout: float = 0.0):
        super().__init__()
        self.config = config
        self.segment_frames = segment_frames
        self.enc_p = TrainingPrior(config, dropout)
        self.enc_q = PosteriorEncoder(config)
        self.flow = TrainingFlow(config)
        self.dec = Vocoder(config)
        self.style = TrainingStyle(config.gin_channels)
        self.quantizer = FrozenQuantizer(config)
        self.speaker = SpeakerBlend(config) if config.has_speaker_network else None
        for part in (self.enc_q.enc, *self.flow.gates(), self.dec.ups, self.dec.resblocks):
            norm_weights(part)

    def forward(self, batch: Batch, chances: Chances) -> Generated:
        mask = mask_of(batch.frame_counts, batch.spectrograms.shape[2])
        phone_mask = mask_of(batch.phone_counts, batch.phones.shape[1])
        timbre, for_mixer = self.timbre(batch, mask)
        with torch.autocast(mask.device.type, enabled=False):
            quantized = self.quantizer(batch.features.float())
        prior_mean, prior_log_deviation = self.enc_p(quantized, mask, batch.phones, phone_mask, for_mixer)
        mean, log_deviation = self.enc_q(batch.spectrograms, mask, timbre)
        latent = (mean + chances.noise * log_deviation.exp()) * mask
        starts = self.starts(batch.frame_counts, chances.places)
        sound = self.dec(slices(latent, starts, self.segment_frames), self.dec.cond(timbre))
        return Generated(
            sound=sound[:, None],
            starts=starts,
            mask=mask,
            latent=latent,
            latent_as_prior=self.flow(latent, mask, timbre),
            prior_mean=prior_mean,
            prior_log_deviation=prior_log_deviation,
            posterior_log_deviation=log_deviation,
        )

    def timbre(self, batch: Batch, mask: Tensor) -> tuple[Tensor, Tensor]:
        """For everything [batch, gin, 1], and for the mixer of the prior [batch, 512, 1]."""
        style = self.style(batch.spectrograms, mask)
        if self.speaker is None:
            return style, style
        assert batch.speakers is not None
        timbre = self.speaker(style, batch.speakers)
        return timbre, self.speaker.for_mixer(timbre)

    def starts(self, frame_counts: Tensor, places: Tensor) -> Tensor:
        """Of the segments that are vocoded, in frames."""
        return (places * (frame_counts - self.segment_frames + 1).clamp_min(1)).long()


def norm_weights(part: nn.Module) -> None:
    """Split the weights of all convolutions in a part into length and direction (Salimans and Kingma, 2016)."""
    for module in list(part.modules()):
        if isinstance(module, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d)):
            parametrizations.weight_norm(module)
