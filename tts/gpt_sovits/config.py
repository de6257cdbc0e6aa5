"""The sizes of the two models: semantic (phones to tokens) and acoustic (tokens to sound). Needs no torch."""

from dataclasses import dataclass
from typing import Literal, get_args

Version = Literal["v2", "v2Pro", "v2ProPlus"]
VERSIONS: tuple[Version, ...] = get_args(Version)

PHONEME_COUNT = 732
"""Symbols of the v2 front end; v1 has 322, in another order."""

MIXER_DIM = 512
"""Width in which the acoustic model joins tokens, text and speaker; upstream knows no other."""


@dataclass(frozen=True)
class SemanticConfig:
    """A decoder that continues the semantic tokens of a reference."""

    vocab_size: int = 1025
    phoneme_vocab_size: int = PHONEME_COUNT
    embedding_dim: int = 512
    hidden_dim: int = 512
    head_count: int = 16
    layer_count: int = 24
    eos: int = 1024
    max_seconds: int = 54
    """What a training sentence lasts at most."""
    bert_dim: int = 1024

    def upstream_section(self) -> dict[str, int]:
        """The sizes as upstream's configuration has them under `model`."""
        return {
            "vocab_size": self.vocab_size,
            "phoneme_vocab_size": self.phoneme_vocab_size,
            "embedding_dim": self.embedding_dim,
            "hidden_dim": self.hidden_dim,
            "head": self.head_count,
            "linear_units": 4 * self.hidden_dim,
            "n_layer": self.layer_count,
            "dropout": 0,
            "EOS": self.eos,
            "random_bert": 0,
        }


@dataclass(frozen=True)
class AcousticConfig:
    """A text encoder, a flow and a vocoder; kernel sizes and dilations as tuples, one entry a stage."""

    version: Version = "v2"
    inter_channels: int = 192
    hidden_channels: int = 192
    filter_channels: int = 768
    head_count: int = 2
    layer_count: int = 6
    """Of the text encoder; the encoders before and behind it have half as many."""
    kernel_size: int = 3
    resblock_kernel_sizes: tuple[int, ...] = (3, 7, 11)
    resblock_dilation_sizes: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    upsample_rates: tuple[int, ...] = (10, 8, 2, 2, 2)
    upsample_initial_channel: int = 512
    upsample_kernel_sizes: tuple[int, ...] = (16, 16, 8, 2, 2)
    gin_channels: int = 512
    """Width of the speaker embedding."""
    phoneme_vocab_size: int = PHONEME_COUNT
    sampling_rate_hz: int = 32000
    filter_length: int = 2048
    hop_length: int = 640
    win_length: int = 2048
    ssl_dim: int = 768
    """Width of the HuBERT features."""
    codebook_size: int = 1024
    speaker_dim: int = 20480
    """Width of the speaker network's answer, which v2Pro and v2ProPlus need."""

    @property
    def has_speaker_network(self) -> bool:
        return self.version != "v2"


def upstream_acoustic(version: Version) -> AcousticConfig:
    """The sizes of the released weights."""
    if version == "v2":
        return AcousticConfig()
    if version == "v2Pro":
        return AcousticConfig(version, gin_channels=1024)
    return AcousticConfig(
        version, gin_channels=1024, upsample_initial_channel=768, upsample_kernel_sizes=(20, 16, 8, 2, 2)
    )
