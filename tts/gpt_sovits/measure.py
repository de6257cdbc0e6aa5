"""The sizes of a model as its tensors show them; settings are asked only for what tensors cannot tell."""

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from tts.gpt_sovits.config import PHONEME_COUNT, AcousticConfig, SemanticConfig, Version
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.shapes import CODEBOOK

Tensors = dict[str, Tensor]
Settings = dict[str, Any]

SUPPORTED = "this engine speaks with GPT-SoVITS v2, v2Pro and v2ProPlus"
SUPPORTED_ZH = "本引擎支持 GPT-SoVITS v2、v2Pro、v2ProPlus"
V1_PHONEMES = (322, 512)
"""Rows of the text embeddings of v1's acoustic and semantic model."""
LONGEST_SENTENCE_S = 600
_DEFAULT = AcousticConfig()


def semantic_config(tensors: Tensors, settings: Settings) -> SemanticConfig:
    """From keys without the prefix `model.`; raises Fault where something is missing or of another version."""
    phonemes, embedding_dim = _shape(tensors, "ar_text_embedding.word_embeddings.weight", 2)
    _require_v2(phonemes)
    vocabulary, hidden_dim = _shape(tensors, "ar_predict_layer.weight", 2)
    return SemanticConfig(
        vocab_size=vocabulary,
        phoneme_vocab_size=phonemes,
        embedding_dim=embedding_dim,
        hidden_dim=hidden_dim,
        head_count=_heads(_section(settings, "model").get("head"), hidden_dim),
        layer_count=_count(tensors, "h.layers.{}.linear1.weight"),
        eos=vocabulary - 1,  # upstream's training insists on it
        max_seconds=_seconds(_section(settings, "data").get("max_sec")),
        bert_dim=_shape(tensors, "bert_proj.weight", 2)[1],
    )


def acoustic_config(tensors: Tensors, settings: Settings) -> AcousticConfig:
    """From keys as in the file; raises Fault where something is missing or of another version."""
    model = _section(settings, "model")
    phonemes, hidden_channels = _shape(tensors, "enc_p.text_embedding.weight", 2)
    _require_v2(phonemes)
    filter_channels, _, kernel_size = _shape(tensors, "enc_p.encoder_text.ffn_layers.0.conv_1.weight", 3)
    head_dim = _shape(tensors, "enc_p.encoder_text.attn_layers.0.emb_rel_k", 3)[2]
    first_channels, inter_channels, _ = _shape(tensors, "dec.conv_pre.weight", 3)
    kernels = _kernels(tensors, "dec.ups.{}.weight_v")
    block_kernels, dilations = _blocks(tensors, len(kernels), model.get("resblock_dilation_sizes"))
    codebook_size, ssl_dim = _shape(tensors, CODEBOOK, 2)
    config = AcousticConfig(
        version=_version(tensors, first_channels, kernels),
        inter_channels=inter_channels,
        hidden_channels=hidden_channels,
        filter_channels=filter_channels,
        head_count=hidden_channels // head_dim if head_dim else 0,
        layer_count=_count(tensors, "enc_p.encoder_text.attn_layers.{}.emb_rel_k"),
        kernel_size=kernel_size,
        resblock_kernel_sizes=block_kernels,
        resblock_dilation_sizes=dilations,
        upsample_rates=_rates(model.get("upsample_rates"), kernels),
        upsample_initial_channel=first_channels,
        upsample_kernel_sizes=kernels,
        gin_channels=_shape(tensors, "dec.cond.weight", 3)[1],
        phoneme_vocab_size=phonemes,
        ssl_dim=ssl_dim,
        codebook_size=codebook_size,
        speaker_dim=_shape(tensors, "sv_emb.weight", 2)[1] if "sv_emb.weight" in tensors else _DEFAULT.speaker_dim,
    )
    _require_even_split(config)
    return config


def missing(name: str) -> Fault:
    return Fault(
        f"lacks the tensor {name}, so it is incomplete or no GPT-SoVITS model; {SUPPORTED}",
        f"缺少张量 {name}，文件不完整或不是 GPT-SoVITS 模型；{SUPPORTED_ZH}",
    )


def _section(settings: Settings, name: str) -> Settings:
    section = settings.get(name)
    return section if isinstance(section, dict) else {}


def _shape(tensors: Tensors, name: str, dimensions: int) -> tuple[int, ...]:
    if name not in tensors:
        raise missing(name)
    shape = tuple(tensors[name].shape)
    if len(shape) != dimensions:
        raise Fault(
            f"has the tensor {name} with {len(shape)} dimensions in place of {dimensions}",
            f"的张量 {name} 是 {len(shape)} 维，应为 {dimensions} 维",
        )
    return shape


def _count(tensors: Tensors, pattern: str) -> int:
    """How many layers follow each other."""
    count = 0
    while pattern.format(count) in tensors:
        count += 1
    if not count:
        raise missing(pattern.format(0))
    return count


def _kernels(tensors: Tensors, pattern: str) -> tuple[int, ...]:
    return tuple(_shape(tensors, pattern.format(i), 3)[2] for i in range(_count(tensors, pattern)))


def _require_v2(phonemes: int) -> None:
    if phonemes in V1_PHONEMES:
        raise Fault(f"is a model of GPT-SoVITS v1; {SUPPORTED}", f"是 GPT-SoVITS v1 模型；{SUPPORTED_ZH}")
    if phonemes < PHONEME_COUNT:
        raise Fault(
            f"knows {phonemes} phones, v2 has {PHONEME_COUNT}; {SUPPORTED}",
            f"只有 {phonemes} 个音素，v2 有 {PHONEME_COUNT} 个；{SUPPORTED_ZH}",
        )


def _version(tensors: Tensors, first_channels: int, kernels: tuple[int, ...]) -> Version:
    if "sv_emb.weight" not in tensors:
        return "v2"
    is_plus = first_channels == 768 or kernels[0] == 20
    return "v2ProPlus" if is_plus else "v2Pro"


def _heads(setting: Any, hidden_dim: int) -> int:
    """No tensor shows it; a setting that cannot be true gives way to what all released models have."""
    if _is_size(setting) and hidden_dim % setting == 0:
        return setting
    return SemanticConfig().head_count


def _seconds(setting: Any) -> int:
    return setting if _is_size(setting) and setting <= LONGEST_SENTENCE_S else SemanticConfig().max_seconds


def _rates(setting: Any, kernels: tuple[int, ...]) -> tuple[int, ...]:
    """Steps of the transposed convolutions, whose product is the length of a frame."""
    for rates in (setting, _DEFAULT.upsample_rates):
        if _is_sizes(rates, len(kernels)) and math.prod(rates) == _DEFAULT.hop_length and _fit(kernels, rates):
            return tuple(rates)
    raise Fault(
        f"has a vocoder that does not make {_DEFAULT.hop_length} samples of a frame; {SUPPORTED}",
        f"的声码器每帧不是 {_DEFAULT.hop_length} 个采样；{SUPPORTED_ZH}",
    )


def _fit(kernels: tuple[int, ...], rates: Sequence[int]) -> bool:
    """Whether each convolution can be padded to lengthen its input by exactly its rate."""
    return all(kernel >= rate and (kernel - rate) % 2 == 0 for kernel, rate in zip(kernels, rates, strict=True))


def _blocks(tensors: Tensors, stages: int, setting: Any) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Kernel and dilations of the residual blocks of a stage; all stages have the same."""
    kernels = _kernels(tensors, "dec.resblocks.{}.convs1.0.weight_v")
    count = len(kernels) // stages
    depths = [_count(tensors, f"dec.resblocks.{i}.convs1.{{}}.weight_v") for i in range(count)]
    for dilations in (setting, _DEFAULT.resblock_dilation_sizes):
        is_list = isinstance(dilations, (list, tuple)) and len(dilations) == count > 0
        if is_list and all(map(_is_sizes, dilations, depths)):
            return kernels[:count], tuple(map(tuple, dilations))
    raise Fault(
        "has residual blocks unlike upstream's, and its settings do not give their dilations",
        "的残差块与上游不同，配置中也没有给出其膨胀系数",
    )


def _require_even_split(config: AcousticConfig) -> None:
    if config.inter_channels % 2 or not config.head_count or config.hidden_channels % config.head_count:
        raise Fault(
            f"has {config.inter_channels} latent and {config.hidden_channels} hidden channels, which do not split",
            f"的通道数（{config.inter_channels}、{config.hidden_channels}）无法均分",
        )


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 < value <= 4096


def _is_sizes(values: Any, count: int) -> bool:
    return isinstance(values, (list, tuple)) and len(values) == count and all(map(_is_size, values))
