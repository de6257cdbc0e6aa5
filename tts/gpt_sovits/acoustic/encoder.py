"""The prior of SoVITS: what each latent frame should be, from semantic tokens, phones and timbre."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.attention import CrossAttention, Encoder
from tts.gpt_sovits.config import MIXER_DIM, AcousticConfig

MIXER_HEADS = 4
"""Fixed in upstream's code, as the mixer's width is, whatever the configuration says."""


class PriorEncoder(nn.Module):
    """Runs in three parts: the phones of a piece are known before its tokens, and its tokens come bit by bit."""

    def __init__(self, config: AcousticConfig):
        super().__init__()
        hidden = config.hidden_channels

        def encoder(layer_count: int) -> Encoder:
            return Encoder(hidden, config.filter_channels, config.head_count, layer_count, config.kernel_size)

        self.ssl_proj = nn.Conv1d(config.ssl_dim, hidden, 1)
        self.encoder_ssl = encoder(config.layer_count // 2)
        self.encoder_text = encoder(config.layer_count)
        self.text_embedding = nn.Embedding(config.phoneme_vocab_size, hidden)
        self.mrte = TokenPhoneMixer(hidden)
        self.encoder2 = encoder(config.layer_count // 2)
        self.proj = nn.Conv1d(hidden, 2 * config.inter_channels, 1)

    def encode_phones(self, phones: Tensor) -> Tensor:
        """[batch, phones] -> [batch, hidden, phones]."""
        return self.encoder_text(self.text_embedding(phones).mT)

    def encode_frames(self, quantized: Tensor, text: Tensor, timbre: Tensor) -> Tensor:
        """quantized: [batch, ssl, frames], text: from `encode_phones`, timbre: [batch, 512, 1]."""
        frames = self.encoder_ssl(self.ssl_proj(quantized))
        return self.encoder2(self.mrte(frames, text, timbre))

    def prior(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the deviation of each frame, both [batch, inter, frames]."""
        mean, log_deviation = self.proj(frames).chunk(2, dim=1)
        return mean, log_deviation


class TokenPhoneMixer(nn.Module):
    """Aligns the frames with the phones by attention, and adds the timbre (upstream's MRTE)."""

    def __init__(self, hidden_channels: int):
        super().__init__()
        self.cross_attention = CrossAttention(MIXER_DIM, MIXER_HEADS)
        self.c_pre = nn.Conv1d(hidden_channels, MIXER_DIM, 1)
        self.text_pre = nn.Conv1d(hidden_channels, MIXER_DIM, 1)
        self.c_post = nn.Conv1d(MIXER_DIM, hidden_channels, 1)

    def forward(self, frames: Tensor, text: Tensor, timbre: Tensor) -> Tensor:
        frames = self.c_pre(frames)
        return self.c_post(self.cross_attention(frames, self.text_pre(text)) + frames + timbre)


def change_speed(frames: Tensor, speed: float) -> Tensor:
    """Stretch a whole utterance to int(frames / speed) + 1 frames, as upstream does; speed 1 changes nothing."""
    if speed == 1.0:
        return frames
    return functional.interpolate(frames, size=int(frames.shape[-1] / speed) + 1, mode="linear", align_corners=False)


def change_speed_so_far(frames: Tensor, speed: float) -> Tensor:
    """Stretch the beginning of an utterance; unlike with `change_speed`, frames that follow move none before them."""
    if speed == 1.0:
        return frames
    place = (torch.arange(int(frames.shape[-1] / speed), device=frames.device) + 0.5) * speed - 0.5
    place = place.clamp(0, frames.shape[-1] - 1)
    before = place.floor().long()
    after = (before + 1).clamp(max=frames.shape[-1] - 1)
    return torch.lerp(frames[..., before], frames[..., after], (place - before).to(frames.dtype))
