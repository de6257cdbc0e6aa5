"""Timbre of a speaker: from the spectrogram of a clip, and in the Pro models from a speaker vector as well."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.config import MIXER_DIM, AcousticConfig

HIDDEN = 128
HEADS = 2
KERNEL_SIZE = 5
BINS = 704
"""The lower part of the spectrogram, up to 11 kHz."""


class StyleEncoder(nn.Module):
    """A spectrogram's style as one vector (Meta-StyleSpeech: Min et al., 2021)."""

    def __init__(self, timbre_channels: int):
        super().__init__()
        self.spectral = nn.ModuleList([nn.Linear(BINS, HIDDEN), nn.Linear(HIDDEN, HIDDEN)])
        self.temporal = nn.ModuleList(
            nn.Conv1d(HIDDEN, 2 * HIDDEN, KERNEL_SIZE, padding=KERNEL_SIZE // 2) for _ in range(2)
        )
        self.w_qs = nn.Linear(HIDDEN, HIDDEN)
        self.w_ks = nn.Linear(HIDDEN, HIDDEN)
        self.w_vs = nn.Linear(HIDDEN, HIDDEN)
        self.attention_out = nn.Linear(HIDDEN, HIDDEN)
        self.fc = nn.Linear(HIDDEN, timbre_channels)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """[batch, bins, frames] -> [batch, timbre_channels, 1]."""
        x = spectrogram[:, :BINS].mT
        for layer in self.spectral:
            x = functional.mish(layer(x))
        x = x.mT
        for convolve in self.temporal:
            x = x + functional.glu(convolve(x), dim=1)
        x = x.mT
        x = x + self._attend(x)
        return self.fc(x).mean(dim=1).unsqueeze(-1)

    def _attend(self, x: Tensor) -> Tensor:
        def heads(y: Tensor) -> Tensor:
            return y.unflatten(-1, (HEADS, -1)).transpose(1, 2)

        query, key, value = heads(self.w_qs(x)), heads(self.w_ks(x)), heads(self.w_vs(x))
        # Upstream divides by the root of all heads' width together, and trained with it.
        mixed = functional.scaled_dot_product_attention(query, key, value, scale=HIDDEN**-0.5)
        return self.attention_out(mixed.transpose(1, 2).flatten(2))


class SpeakerBlend(nn.Module):
    """What v2Pro and v2ProPlus add to the style: a speaker vector."""

    def __init__(self, config: AcousticConfig):
        super().__init__()
        self.sv_emb = nn.Linear(config.speaker_dim, config.gin_channels)
        self.ge_to512 = nn.Linear(config.gin_channels, MIXER_DIM)
        self.prelu = nn.PReLU(config.gin_channels)

    def forward(self, style: Tensor, speaker: Tensor) -> Tensor:
        """style: [batch, gin, 1], speaker: [batch, speaker_dim] -> [batch, gin, 1]."""
        return self.prelu(style + self.sv_emb(speaker).unsqueeze(-1))

    def for_mixer(self, timbre: Tensor) -> Tensor:
        """[batch, gin, 1] -> [batch, 512, 1]."""
        return self.ge_to512(timbre.mT).mT


class Quantizer(nn.Module):
    """Self-supervised features as semantic tokens, and back (vector quantisation: van den Oord et al., 2017)."""

    def __init__(self, config: AcousticConfig):
        super().__init__()
        self.ssl_proj = nn.Conv1d(config.ssl_dim, config.ssl_dim, 2, stride=2)
        self.codebook = nn.Parameter(torch.empty(config.codebook_size, config.ssl_dim))

    def tokens(self, features: Tensor) -> Tensor:
        """HuBERT's features [batch, ssl, frames at 50 Hz] -> tokens [batch, frames at 25 Hz]."""
        x = self.ssl_proj(features).mT
        distance = x.square().sum(-1, keepdim=True) - 2 * x @ self.codebook.T + self.codebook.square().sum(-1)
        return distance.argmin(-1)

    def frames(self, tokens: Tensor) -> Tensor:
        """[batch, tokens] -> [batch, ssl, 2 * tokens]."""
        return functional.embedding(tokens, self.codebook).mT.repeat_interleave(2, dim=-1)
