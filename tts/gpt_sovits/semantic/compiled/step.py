"""One step for all rows, from the logits of the last step to those of the next."""

import numpy as np

from tts.gpt_sovits.semantic.compiled.attention import add_and_normalize, attend, store
from tts.gpt_sovits.semantic.compiled.compiling import VECTOR, compiled
from tts.gpt_sovits.semantic.compiled.floats import LANES
from tts.gpt_sovits.semantic.compiled.linear import multiply, quantize
from tts.gpt_sovits.semantic.compiled.sampling import draw


@compiled()
def step(count, end, state, layers, embeddings, keys, values, tokens, ended):
    """Draw a token in each of the first `count` rows, and run them through the layers.

    The arguments are the tuples that tts/gpt_sovits/semantic/compiled/decoder.py makes. keys, values: those of
    TiledSlots as bits.
    """
    logits, seen, steps, token_places, lengths, seeds, top_k, top_p, temperature, penalty = state
    token_vectors, places, place_scale, head = embeddings
    width = token_vectors.shape[1]
    x = np.empty((count, width), np.float32)
    for row in range(count):
        token, is_end = draw(
            *(logits[row], seen[row], end, steps[row], seeds[row]),
            *(top_k[row], top_p[row], temperature[row], penalty[row]),
        )
        tokens[row], ended[row] = token, is_end
        seen[row, token] = True
        x[row] = token_vectors[token] + place_scale * places[token_places[row]]
        lengths[row] += 1
        token_places[row] += 1
        steps[row] += 1
    run_layers(x, count, lengths, layers, keys, values)
    for row in range(count):
        matrix_times_vector(head, x[row], logits[row])


@compiled()
def run_layers(x, count, lengths, layers, keys, values):
    qkv, qkv_scale, qkv_bias, out, out_scale, out_bias, up, up_scale, up_bias, down, down_scale, down_bias = layers[:12]
    norm1, norm1_bias, norm2, norm2_bias = layers[12:]
    width = x.shape[1]
    codes, scales = np.empty((count, width), np.int16), np.empty(count, np.float32)
    wide_codes = np.empty((count, 4 * width), np.int16)
    wide, narrow, mixed = (
        np.empty((count, 4 * width), np.float32),
        np.empty((count, width), np.float32),
        np.empty((count, width), np.float32),
    )
    triple = np.empty((count, 3 * width), np.float32)
    tiles, head_count = keys.shape[2:4]
    scores = np.empty((head_count, tiles * LANES), np.float32)
    for layer in range(keys.shape[0]):
        quantize(x, codes, scales)
        multiply(qkv[layer], qkv_scale[layer], qkv_bias[layer], codes, scales, triple)
        for row in range(count):
            length = lengths[row]
            store(
                triple[row, width : 2 * width],
                triple[row, 2 * width :],
                keys[layer, row],
                values[layer, row],
                length - 1,
            )
            attend(triple[row, :width], keys[layer, row], values[layer, row], length, scores, mixed[row])
        quantize(mixed, codes, scales)
        multiply(out[layer], out_scale[layer], out_bias[layer], codes, scales, narrow)
        for row in range(count):
            add_and_normalize(x[row], narrow[row], norm1[layer], norm1_bias[layer])
        quantize(x, codes, scales)
        multiply(up[layer], up_scale[layer], up_bias[layer], codes, scales, wide)
        for row in range(count):
            for channel in range(4 * width):
                wide[row, channel] = max(wide[row, channel], np.float32(0))
        quantize(wide, wide_codes, scales)
        multiply(down[layer], down_scale[layer], down_bias[layer], wide_codes, scales, narrow)
        for row in range(count):
            add_and_normalize(x[row], narrow[row], norm2[layer], norm2_bias[layer])


@compiled(fastmath=VECTOR)
def matrix_times_vector(matrix, x, y):
    """float32: y [outputs] = matrix [outputs, inputs] times x [inputs]."""
    for output in range(matrix.shape[0]):
        total = np.float32(0)
        for place in range(matrix.shape[1]):
            total += matrix[output, place] * x[place]
        y[output] = total
