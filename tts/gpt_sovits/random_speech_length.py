"""Makes random semantic weights speak as long as their text needs, as trained ones do."""

import torch

from tts.gpt_sovits.config import SemanticConfig

TOKENS_PER_PHONE = 2.5
"""25 tokens and about ten phones make a second of speech."""
CERTAINTY = 150.0
"""How steeply the end of a sentence becomes likely, in units of a logit; a few tokens either way remain to chance."""

LOSS_PER_LAYER = 1.02
"""What a layer adds to the other features makes its normalisation scale this one down; that is made good for."""


def end_by_itself(weights: dict[str, torch.Tensor], config: SemanticConfig) -> None:
    """Let the end-of-sentence token win once the tokens, prompt included, are 2.5 times the phones.

    One feature says whether a position is a phone or a token. A head of the first layer averages it over all
    positions; the average changes its sign at the wanted length. A pair of features carries it to the end with
    opposite signs, so that the normalisation of layers, which moves and scales, cannot move where the sign changes.
    """
    width = config.hidden_dim
    # sines of the lowest frequencies: the encoding of positions is all but zero in these
    what, more, less = width - 2, width - 4, width - 6
    for name in ("ar_text_embedding.word_embeddings.weight", "ar_audio_embedding.word_embeddings.weight"):
        weights[name][:, [what, more, less]] = 0
    weights["ar_text_embedding.word_embeddings.weight"][:, what] = -TOKENS_PER_PHONE
    weights["ar_audio_embedding.word_embeddings.weight"][:, what] = 1
    for part in ("weight", "bias"):
        weights[f"bert_proj.{part}"][[what, more, less]] = 0
        for layer in range(config.layer_count):
            for name in (f"self_attn.out_proj.{part}", f"linear2.{part}"):
                weights[f"h.layers.{layer}.{name}"][[what, more, less]] = 0
    for layer in range(config.layer_count):
        for norm in ("norm1", "norm2"):
            weights[f"h.layers.{layer}.{norm}.bias"][[more, less]] = 0
        weights[f"h.layers.{layer}.norm2.weight"][[more, less]] = LOSS_PER_LAYER
    _average_in_first_layer(weights, config, what, more, less)
    end = weights["ar_predict_layer.weight"][config.eos]
    end[:] = 0
    end[more], end[less] = CERTAINTY, -CERTAINTY


def _average_in_first_layer(
    weights: dict[str, torch.Tensor], config: SemanticConfig, what: int, more: int, less: int
) -> None:
    """The first head looks at all positions alike, and hands on one feature of them."""
    width, head = config.hidden_dim, config.hidden_dim // config.head_count
    attention = "h.layers.0.self_attn"
    into, bias = weights[f"{attention}.in_proj_weight"], weights[f"{attention}.in_proj_bias"]
    for query_or_key in (0, width):
        into[query_or_key : query_or_key + head] = 0
        bias[query_or_key : query_or_key + head] = 0
    value = 2 * width
    into[value], bias[value] = 0, 0
    into[value, what] = 1
    out = weights[f"{attention}.out_proj.weight"]
    out[:, 0] = 0
    out[more, 0], out[less, 0] = 1, -1
