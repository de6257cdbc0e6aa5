"""The name and shape of every tensor in a checkpoint, derived from the sizes of the model."""

from tts.gpt_sovits.config import MIXER_DIM, AcousticConfig, SemanticConfig

Shapes = dict[str, tuple[int, ...]]

FLOW_COUNT, FLOW_LAYERS, FLOW_KERNEL = 4, 4, 5
ATTENTION_WINDOW = 4
"""Neighbours on each side that have a relative position of their own."""
REFERENCE_DIM, REFERENCE_KERNEL = 128, 5
REFERENCE_BINS = 704
"""Of the spectrogram's 1025, the lowest ones make the speaker embedding; v1 used all."""
EDGE_KERNEL = 7
"""Of the vocoder's first and last convolution."""
CODEBOOK = "quantizer.vq.layers.0._codebook.embed"
UNUSED_BY_INFERENCE = tuple(
    f"quantizer.vq.layers.0._codebook.{name}" for name in ("inited", "cluster_size", "embed_avg")
)


def semantic_shapes(config: SemanticConfig) -> Shapes:
    """Keys without the prefix `model.` that the file has."""
    width, phones, tokens = config.hidden_dim, config.phoneme_vocab_size, config.vocab_size
    shapes: Shapes = {
        **_affine("bert_proj", config.embedding_dim, config.bert_dim),
        "ar_text_embedding.word_embeddings.weight": (phones, config.embedding_dim),
        "ar_text_position.alpha": (1,),
        "ar_audio_embedding.word_embeddings.weight": (tokens, config.embedding_dim),
        "ar_audio_position.alpha": (1,),
    }
    for layer in range(config.layer_count):
        shapes |= _semantic_layer(f"h.layers.{layer}", width)
    return shapes | {"ar_predict_layer.weight": (tokens, width)}


def acoustic_shapes(config: AcousticConfig) -> Shapes:
    """What inference needs: neither `enc_q.*` nor the statistics of the codebook's training."""
    return {
        **_text_encoder(config),
        **_vocoder(config),
        **_flow(config),
        **_reference_encoder(config),
        **_affine("ssl_proj", config.ssl_dim, config.ssl_dim, 2),
        CODEBOOK: (config.codebook_size, config.ssl_dim),
        **(_speaker_layers(config) if config.has_speaker_network else {}),
    }


def _affine(name: str, out: int, *rest: int) -> Shapes:
    return {f"{name}.weight": (out, *rest), f"{name}.bias": (out,)}


def _normed(name: str, out: int, into: int, kernel: int) -> Shapes:
    """A convolution whose weight is stored as direction and length."""
    return {f"{name}.bias": (out,), f"{name}.weight_g": (out, 1, 1), f"{name}.weight_v": (out, into, kernel)}


def _semantic_layer(name: str, width: int) -> Shapes:
    return {
        f"{name}.self_attn.in_proj_weight": (3 * width, width),
        f"{name}.self_attn.in_proj_bias": (3 * width,),
        **_affine(f"{name}.self_attn.out_proj", width, width),
        **_affine(f"{name}.linear1", 4 * width, width),
        **_affine(f"{name}.linear2", width, 4 * width),
        f"{name}.norm1.weight": (width,),
        f"{name}.norm1.bias": (width,),
        f"{name}.norm2.weight": (width,),
        f"{name}.norm2.bias": (width,),
    }


def _text_encoder(config: AcousticConfig) -> Shapes:
    width, half = config.hidden_channels, config.layer_count // 2
    shapes = {
        **_affine("enc_p.ssl_proj", width, config.ssl_dim, 1),
        **_encoder("enc_p.encoder_ssl", half, config),
        **_encoder("enc_p.encoder_text", config.layer_count, config),
        "enc_p.text_embedding.weight": (config.phoneme_vocab_size, width),
    }
    for projection in "qkvo":
        shapes |= _affine(f"enc_p.mrte.cross_attention.conv_{projection}", MIXER_DIM, MIXER_DIM, 1)
    return {
        **shapes,
        **_affine("enc_p.mrte.c_pre", MIXER_DIM, width, 1),
        **_affine("enc_p.mrte.text_pre", MIXER_DIM, width, 1),
        **_affine("enc_p.mrte.c_post", width, MIXER_DIM, 1),
        **_encoder("enc_p.encoder2", half, config),
        **_affine("enc_p.proj", 2 * config.inter_channels, width, 1),
    }


def _encoder(name: str, layers: int, config: AcousticConfig) -> Shapes:
    width, inner = config.hidden_channels, config.filter_channels
    window = (1, 2 * ATTENTION_WINDOW + 1, width // config.head_count)
    shapes: Shapes = {}
    for i in range(layers):
        attention = f"{name}.attn_layers.{i}"
        shapes |= {f"{attention}.emb_rel_k": window, f"{attention}.emb_rel_v": window}
        for projection in "qkvo":
            shapes |= _affine(f"{attention}.conv_{projection}", width, width, 1)
        shapes |= _affine(f"{name}.ffn_layers.{i}.conv_1", inner, width, config.kernel_size)
        shapes |= _affine(f"{name}.ffn_layers.{i}.conv_2", width, inner, config.kernel_size)
        for norm in ("norm_layers_1", "norm_layers_2"):
            shapes |= {f"{name}.{norm}.{i}.gamma": (width,), f"{name}.{norm}.{i}.beta": (width,)}
    return shapes


def _vocoder(config: AcousticConfig) -> Shapes:
    width = config.upsample_initial_channel
    shapes = {
        **_affine("dec.conv_pre", width, config.inter_channels, EDGE_KERNEL),
        **_affine("dec.cond", width, config.gin_channels, 1),
    }
    blocks = list(zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True))
    for stage, kernel in enumerate(config.upsample_kernel_sizes):
        up = f"dec.ups.{stage}"
        # transposed: the first dimension, and so the length, belongs to the input
        shapes |= _normed(up, width, width // 2, kernel) | {f"{up}.bias": (width // 2,)}
        width //= 2
        for j, (block_kernel, dilations) in enumerate(blocks):
            for k in range(len(dilations)):
                block = f"dec.resblocks.{len(blocks) * stage + j}"
                shapes |= _normed(f"{block}.convs1.{k}", width, width, block_kernel)
                shapes |= _normed(f"{block}.convs2.{k}", width, width, block_kernel)
    return shapes | {"dec.conv_post.weight": (1, width, EDGE_KERNEL)}


def _flow(config: AcousticConfig) -> Shapes:
    width, half = config.hidden_channels, config.inter_channels // 2
    shapes: Shapes = {}
    for i in range(0, 2 * FLOW_COUNT, 2):  # the odd ones turn the channels round and have no weights
        flow = f"flow.flows.{i}"
        shapes |= _affine(f"{flow}.pre", width, half, 1) | _affine(f"{flow}.post", half, width, 1)
        shapes |= _normed(f"{flow}.enc.cond_layer", 2 * width * FLOW_LAYERS, config.gin_channels, 1)
        for layer in range(FLOW_LAYERS):
            out = width if layer == FLOW_LAYERS - 1 else 2 * width  # the last has no residual half
            shapes |= _normed(f"{flow}.enc.in_layers.{layer}", 2 * width, width, FLOW_KERNEL)
            shapes |= _normed(f"{flow}.enc.res_skip_layers.{layer}", out, width, 1)
    return shapes


def _reference_encoder(config: AcousticConfig) -> Shapes:
    width = REFERENCE_DIM
    shapes = {
        **_affine("ref_enc.spectral.0.fc", width, REFERENCE_BINS),
        **_affine("ref_enc.spectral.3.fc", width, width),
        **_affine("ref_enc.temporal.0.conv1.conv", 2 * width, width, REFERENCE_KERNEL),
        **_affine("ref_enc.temporal.1.conv1.conv", 2 * width, width, REFERENCE_KERNEL),
    }
    for layer in ("w_qs", "w_ks", "w_vs", "fc"):
        shapes |= _affine(f"ref_enc.slf_attn.{layer}", width, width)
    return shapes | _affine("ref_enc.fc.fc", config.gin_channels, width)


def _speaker_layers(config: AcousticConfig) -> Shapes:
    return {
        **_affine("sv_emb", config.gin_channels, config.speaker_dim),
        **_affine("ge_to512", MIXER_DIM, config.gin_channels),
        "prelu.weight": (config.gin_channels,),
    }
