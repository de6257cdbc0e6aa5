"""The style encoder for spectrograms of unequal lengths."""

from torch import Tensor, nn
from torch.nn import functional

from tts.gpt_sovits.acoustic.timbre import BINS, HEADS, HIDDEN, StyleEncoder

DROPOUT = 0.1
"""Fixed in upstream's code for all versions."""


class TrainingStyle(StyleEncoder):
    def __init__(self, timbre_channels: int):
        super().__init__(timbre_channels)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, spectrogram: Tensor, mask: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """[batch, bins, frames] -> [batch, timbre_channels, 1]."""
        is_padding = mask.mT == 0
        x = (spectrogram[:, :BINS] * mask).mT
        for layer in self.spectral:
            x = self.dropout(functional.mish(layer(x)))
        x = x.mT
        for convolve in self.temporal:
            x = x + self.dropout(functional.glu(convolve(x), dim=1))
        x = x.mT.masked_fill(is_padding, 0)
        x = x + self.dropout(self._attended(x, mask))
        x = self.fc(x).masked_fill(is_padding, 0)
        return (x.sum(dim=1) / mask.sum(dim=2)).unsqueeze(-1)

    def _attended(self, x: Tensor, mask: Tensor) -> Tensor:
        def heads(y: Tensor) -> Tensor:
            return y.unflatten(-1, (HEADS, -1)).transpose(1, 2)

        query, key, value = heads(self.w_qs(x)), heads(self.w_ks(x)), heads(self.w_vs(x))
        # Upstream divides by the root of all heads' width together.
        scores = (query @ key.transpose(-1, -2)) * HIDDEN**-0.5
        weights = self.dropout(scores.masked_fill(mask[:, :, None] == 0, float("-inf")).softmax(-1))
        return self.attention_out((weights.to(value.dtype) @ value).transpose(1, 2).flatten(2))
