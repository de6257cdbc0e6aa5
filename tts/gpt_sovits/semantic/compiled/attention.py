"""Attention of one new place to all places before it, over keys and values in bfloat16."""

import numpy as np

from tts.gpt_sovits.semantic.compiled.compiling import VECTOR, compiled
from tts.gpt_sovits.semantic.compiled.floats import LANES, add_tile, exp_of_negative, scores_of_tile, to_bfloat16

BYTES_EACH = 2


@compiled(fastmath=VECTOR)
def attend(query, keys, values, length, scores, mixed):
    """query, mixed: float32 [width]; keys, values: as TiledSlots has them, for one row of one layer.

    scores: room, float32 [heads, at least the places of all tiles in use].
    """
    _, head_count, head_dim, _ = keys.shape
    tile_count = (length + LANES - 1) // LANES
    tile_bytes = head_dim * LANES * BYTES_EACH
    scale = np.float32(1 / np.sqrt(head_dim))
    key, value = keys.ctypes.data, values.ctypes.data
    query_address, mixed_address = query.ctypes.data, mixed.ctypes.data
    score_address, score_stride = scores.ctypes.data, scores.shape[1] * 4
    mixed[:] = 0
    for tile in range(tile_count):
        for head in range(head_count):
            place = score_address + head * score_stride + tile * LANES * 4
            scores_of_tile(query_address + head * head_dim * 4, key, head_dim, place)
            key += tile_bytes
    for head in range(head_count):
        scores[head, length : tile_count * LANES] = -np.inf
        softmax(scores[head, : tile_count * LANES], scale)
    for tile in range(tile_count):
        for head in range(head_count):
            weights = score_address + head * score_stride + tile * LANES * 4
            add_tile(weights, value, head_dim, mixed_address + head * head_dim * 4)
            value += tile_bytes


@compiled(fastmath=VECTOR)
def softmax(x, scale):
    """Of scale * x, in place; what is -inf becomes 0."""
    peak = x[0]
    for place in range(len(x)):
        peak = max(peak, x[place])
    total = np.float32(0)
    for place in range(len(x)):
        x[place] = exp_of_negative((x[place] - peak) * scale)
        total += x[place]
    factor = np.float32(1) / total
    for place in range(len(x)):
        x[place] *= factor


@compiled(fastmath=VECTOR)
def store(key, value, keys, values, place):
    """Put a place's key and value, float32 [width], into their tiles."""
    _, head_count, head_dim, _ = keys.shape
    tile, lane = place // LANES, place % LANES
    for head in range(head_count):
        for channel in range(head_dim):
            keys[tile, head, channel, lane] = to_bfloat16(key[head * head_dim + channel])
            values[tile, head, lane, channel] = to_bfloat16(value[head * head_dim + channel])


@compiled(fastmath=VECTOR)
def add_and_normalize(x, added, weight, bias):
    """x = layer norm of x + added; all float32 [width]."""
    width = len(x)
    total = np.float32(0)
    for channel in range(width):
        x[channel] += added[channel]
        total += x[channel]
    mean = total / np.float32(width)
    squares = np.float32(0)
    for channel in range(width):
        squares += (x[channel] - mean) * (x[channel] - mean)
    factor = np.float32(1) / np.sqrt(squares / np.float32(width) + np.float32(1e-5))
    for channel in range(width):
        x[channel] = (x[channel] - mean) * factor * weight[channel] + bias[channel]
