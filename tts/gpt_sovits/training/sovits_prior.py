"""The prior of SoVITS as training runs it: whole utterances, several at once."""

from torch import Tensor, nn

from tts.gpt_sovits.acoustic.encoder import MIXER_HEADS
from tts.gpt_sovits.config import MIXER_DIM, AcousticConfig
from tts.gpt_sovits.training.sovits_attention import MaskedCrossAttention, MaskedEncoder


class TrainingPrior(nn.Module):
    """The parameters of `acoustic.encoder.PriorEncoder`."""

    def __init__(self, config: AcousticConfig, dropout: float):
        super().__init__()
        hidden = config.hidden_channels

        def encoder(layers: int) -> MaskedEncoder:
            sizes = (config.filter_channels, config.head_count, layers, config.kernel_size)
            return MaskedEncoder(hidden, *sizes, dropout)

        self.ssl_proj = nn.Conv1d(config.ssl_dim, hidden, 1)
        self.encoder_ssl = encoder(config.layer_count // 2)
        self.encoder_text = encoder(config.layer_count)
        self.text_embedding = nn.Embedding(config.phoneme_vocab_size, hidden)
        self.mrte = TrainingMixer(hidden)
        self.encoder2 = encoder(config.layer_count // 2)
        self.proj = nn.Conv1d(hidden, 2 * config.inter_channels, 1)

    def forward(
        self, quantized: Tensor, mask: Tensor, phones: Tensor, phone_mask: Tensor, timbre: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the deviation of each frame, both [batch, inter, frames].

        quantized: [batch, ssl, frames]; phones: [batch, phones]; timbre: [batch, 512, 1].
        """
        frames = self.encoder_ssl(self.ssl_proj(quantized * mask) * mask, mask)
        text = self.encoder_text(self.text_embedding(phones).mT, phone_mask)
        frames = self.encoder2(self.mrte(frames, mask, text, phone_mask, timbre), mask)
        mean, log_deviation = (self.proj(frames) * mask).chunk(2, dim=1)
        return mean, log_deviation


class TrainingMixer(nn.Module):
    """The parameters of `acoustic.encoder.TokenPhoneMixer`."""

    def __init__(self, hidden_channels: int):
        super().__init__()
        self.cross_attention = MaskedCrossAttention(MIXER_DIM, MIXER_HEADS)
        self.c_pre = nn.Conv1d(hidden_channels, MIXER_DIM, 1)
        self.text_pre = nn.Conv1d(hidden_channels, MIXER_DIM, 1)
        self.c_post = nn.Conv1d(MIXER_DIM, hidden_channels, 1)

    def forward(self, frames: Tensor, mask: Tensor, text: Tensor, phone_mask: Tensor, timbre: Tensor) -> Tensor:
        frames, text = self.c_pre(frames * mask), self.text_pre(text * phone_mask)
        mixed = self.cross_attention(frames * mask, text * phone_mask, phone_mask)
        return self.c_post((mixed + frames + timbre) * mask)
