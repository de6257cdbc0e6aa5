"""Names and shapes of all tensors of HuBERT, BERT and the speaker network, full-size or small."""

from dataclasses import dataclass
from typing import Any, Literal

Size = Literal["full", "tiny"]
Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class _SpeakerSizes:
    stem: int
    blocks: tuple[int, int, int, int]
    widths: tuple[int, int, int, int]
    """Channels of one of the four groups that a block of this layer splits into."""
    outputs: tuple[int, int, int, int]
    attention: tuple[int, int, int]
    """Inner channels of the fusions in layers 3 and 4, and of the last one."""
    embedding: int


_FULL_SPEAKER = _SpeakerSizes(64, (3, 4, 6, 3), (24, 48, 96, 192), (256, 512, 1024, 2048), (24, 48, 512), 192)
_TINY_SPEAKER = _SpeakerSizes(8, (1, 1, 1, 1), (2, 2, 4, 4), (8, 8, 16, 2048), (2, 2, 8), 2)


def hubert_config(size: Size) -> dict[str, Any]:
    """The config.json of a chinese-hubert-base."""
    is_full = size == "full"
    return {
        "architectures": ["HubertModel"],
        "model_type": "hubert",
        "conv_bias": False,
        "conv_dim": [512 if is_full else 32] * 7,
        "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
        "conv_stride": [5, 2, 2, 2, 2, 2, 2],
        "do_stable_layer_norm": False,
        "feat_extract_activation": "gelu",
        "feat_extract_norm": "group",
        "feat_proj_layer_norm": True,
        "hidden_act": "gelu",
        "hidden_size": 768,
        "intermediate_size": 3072 if is_full else 64,
        "layer_norm_eps": 1e-05,
        "num_attention_heads": 12,
        "num_conv_pos_embedding_groups": 16,
        "num_conv_pos_embeddings": 128 if is_full else 8,
        "num_feat_extract_layers": 7,
        "num_hidden_layers": 12 if is_full else 2,
    }


def hubert_shapes(config: dict[str, Any]) -> Shapes:
    """By the names that HubertModel.save_pretrained writes."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    channels, kernels = config["conv_dim"], config["conv_kernel"]
    shapes: Shapes = {"masked_spec_embed": (hidden,)}
    for i, (kernel, inputs) in enumerate(zip(kernels, [1, *channels], strict=False)):
        layer = f"feature_extractor.conv_layers.{i}"
        shapes[f"{layer}.conv.weight"] = (channels[i], inputs, kernel)
        if i == 0:
            shapes |= _affine(f"{layer}.layer_norm", channels[0])
    shapes |= _affine("feature_projection.layer_norm", channels[-1])
    shapes |= _linear("feature_projection.projection", channels[-1], hidden)
    position, kernel = "encoder.pos_conv_embed.conv", config["num_conv_pos_embeddings"]
    shapes[f"{position}.bias"] = (hidden,)
    shapes[f"{position}.parametrizations.weight.original0"] = (1, 1, kernel)
    shapes[f"{position}.parametrizations.weight.original1"] = (
        hidden,
        hidden // config["num_conv_pos_embedding_groups"],
        kernel,
    )
    shapes |= _affine("encoder.layer_norm", hidden)
    for i in range(config["num_hidden_layers"]):
        layer = f"encoder.layers.{i}"
        for part in ("k_proj", "v_proj", "q_proj", "out_proj"):
            shapes |= _linear(f"{layer}.attention.{part}", hidden, hidden)
        shapes |= _affine(f"{layer}.layer_norm", hidden)
        shapes |= _linear(f"{layer}.feed_forward.intermediate_dense", hidden, inner)
        shapes |= _linear(f"{layer}.feed_forward.output_dense", inner, hidden)
        shapes |= _affine(f"{layer}.final_layer_norm", hidden)
    return shapes


def bert_config(size: Size, tokens: int) -> dict[str, Any]:
    """The config.json of a chinese-roberta-wwm-ext-large with that many tokens."""
    is_full = size == "full"
    return {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": 1024,
        "intermediate_size": 4096 if is_full else 64,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "num_attention_heads": 16,
        "num_hidden_layers": 24 if is_full else 3,
        "pad_token_id": 0,
        "type_vocab_size": 2,
        "vocab_size": tokens,
    }


def bert_shapes(config: dict[str, Any]) -> Shapes:
    """Without the decoder of the masked-word head, which is the word embeddings again."""
    hidden, inner, tokens = config["hidden_size"], config["intermediate_size"], config["vocab_size"]
    shapes: Shapes = {
        "bert.embeddings.word_embeddings.weight": (tokens, hidden),
        "bert.embeddings.position_embeddings.weight": (config["max_position_embeddings"], hidden),
        "bert.embeddings.token_type_embeddings.weight": (config["type_vocab_size"], hidden),
    }
    shapes |= _affine("bert.embeddings.LayerNorm", hidden)
    for i in range(config["num_hidden_layers"]):
        layer = f"bert.encoder.layer.{i}"
        for part in ("query", "key", "value"):
            shapes |= _linear(f"{layer}.attention.self.{part}", hidden, hidden)
        shapes |= _linear(f"{layer}.attention.output.dense", hidden, hidden)
        shapes |= _affine(f"{layer}.attention.output.LayerNorm", hidden)
        shapes |= _linear(f"{layer}.intermediate.dense", hidden, inner)
        shapes |= _linear(f"{layer}.output.dense", inner, hidden)
        shapes |= _affine(f"{layer}.output.LayerNorm", hidden)
    shapes["cls.predictions.bias"] = (tokens,)
    shapes |= _linear("cls.predictions.transform.dense", hidden, hidden)
    shapes |= _affine("cls.predictions.transform.LayerNorm", hidden)
    return shapes


def speaker_shapes(size: Size) -> Shapes:
    """Of an ERes2NetV2 for 80 mel bands; the tiny one has an embedding of 20480 as well."""
    sizes = _FULL_SPEAKER if size == "full" else _TINY_SPEAKER
    shapes: Shapes = {"conv1.weight": (sizes.stem, 1, 3, 3)} | _norm("bn1", sizes.stem)
    inputs = sizes.stem
    for layer in range(4):
        for block in range(sizes.blocks[layer]):
            shapes |= _block_shapes(f"layer{layer + 1}.{block}", sizes, layer, inputs, has_shortcut=block == 0)
            inputs = sizes.outputs[layer]
    _, _, third, last = sizes.outputs
    shapes["layer3_ds.weight"] = (last, third, 3, 3)
    shapes |= _fusion("fuse34", last, sizes.attention[2])
    return shapes | _linear("seg_1", last * 10 * 2, sizes.embedding)


def _block_shapes(name: str, sizes: _SpeakerSizes, layer: int, inputs: int, has_shortcut: bool) -> Shapes:
    width, outputs = sizes.widths[layer], sizes.outputs[layer]
    shapes: Shapes = {f"{name}.conv1.weight": (4 * width, inputs, 1, 1)} | _norm(f"{name}.bn1", 4 * width)
    for i in range(4):
        shapes[f"{name}.convs.{i}.weight"] = (width, width, 3, 3)
        shapes |= _norm(f"{name}.bns.{i}", width)
    if layer >= 2:
        for i in range(3):
            shapes |= _fusion(f"{name}.fuse_models.{i}", width, sizes.attention[layer - 2])
    shapes[f"{name}.conv3.weight"] = (outputs, 4 * width, 1, 1)
    shapes |= _norm(f"{name}.bn3", outputs)
    if has_shortcut:
        shapes[f"{name}.shortcut.0.weight"] = (outputs, inputs, 1, 1)
        shapes |= _norm(f"{name}.shortcut.1", outputs)
    return shapes


def _fusion(name: str, channels: int, inner: int) -> Shapes:
    return (
        {f"{name}.local_att.0.weight": (inner, 2 * channels, 1, 1), f"{name}.local_att.0.bias": (inner,)}
        | _norm(f"{name}.local_att.1", inner)
        | {f"{name}.local_att.3.weight": (channels, inner, 1, 1), f"{name}.local_att.3.bias": (channels,)}
        | _norm(f"{name}.local_att.4", channels)
    )


def _norm(name: str, channels: int) -> Shapes:
    running = {f"{name}.running_mean": (channels,), f"{name}.running_var": (channels,)}
    return _affine(name, channels) | running | {f"{name}.num_batches_tracked": ()}


def _affine(name: str, channels: int) -> Shapes:
    return {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}


def _linear(name: str, inputs: int, outputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}
