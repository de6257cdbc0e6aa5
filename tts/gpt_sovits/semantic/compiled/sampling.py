"""The same draws as the torch form, token for token, looking only at the few tokens that can be drawn."""

import numpy as np

from tts.gpt_sovits.noise import LOW_32, TOKENS
from tts.gpt_sovits.semantic.compiled.compiling import compiled
from tts.gpt_sovits.semantic.sampling import STEPS_WITHOUT_END


@compiled()
def draw(logits, seen, end, step, seed, top_k, top_p, temperature, penalty):
    """A token, and whether the row has come to its end; `logits` [vocabulary] are penalised in place."""
    if step < STEPS_WITHOUT_END:
        logits[end] = -np.inf
    for token in range(len(logits)):
        if seen[token]:
            logits[token] = logits[token] * penalty if logits[token] < 0 else logits[token] / penalty
    if top_p < 1:
        order = np.argsort(-logits, kind="mergesort")
        kept = nucleus(logits, order, top_p)
    else:
        kept = len(logits)
        order = best(logits, min(top_k, kept)) if top_k < kept else np.arange(kept)
    top_k = min(max(top_k, 1), len(order))
    if top_k < kept:
        kept = with_ties(logits, order, top_k, kept)
        if kept > len(order):
            order = best(logits, kept)
    token = drawn(logits, order[:kept], seed, step, max(temperature, np.float32(1e-5)))
    return token, token == end or np.argmax(logits) == end


@compiled()
def best(logits, count):
    """The `count` likeliest tokens, likeliest first."""
    tokens = np.empty(count, np.int64)
    filled = 0
    least = -np.inf
    for token in range(len(logits)):
        logit = logits[token]
        if logit <= least and filled == count:
            continue
        place = min(filled, count - 1)
        while place > 0 and logit > logits[tokens[place - 1]]:
            tokens[place] = tokens[place - 1]
            place -= 1
        tokens[place] = token
        filled = min(filled + 1, count)
        least = logits[tokens[filled - 1]]
    return tokens


@compiled()
def with_ties(logits, order, top_k, kept):
    """How many tokens are as likely as the `top_k`-th, and still among those kept."""
    last = logits[order[top_k - 1]]
    count = 0
    for token in range(len(logits)):
        if logits[token] >= last:
            count += 1
    return min(count, kept)


@compiled()
def nucleus(logits, order, top_p):
    """How many tokens, likeliest first, have chances that together stay within `top_p`; at least one."""
    peak = logits[order[0]]
    total = np.float32(0)
    for token in order:
        total += np.exp(np.float32(logits[token] - peak))
    reached = np.float32(0)
    kept = 0
    for token in order:
        reached += np.exp(np.float32(logits[token] - peak)) / total
        if reached > top_p and kept > 0:
            break
        kept += 1
    return kept


@compiled()
def drawn(logits, tokens, seed, step, temperature):
    """The token whose chance is largest against its own exponential draw."""
    peak = logits[tokens[0]]
    for token in tokens:
        peak = max(peak, logits[token])
    row = row_key(seed, step)
    winner, highest = tokens[0], np.float32(-1)
    for token in tokens:
        chance = np.exp(np.float32(logits[token] - peak) / np.float32(temperature))
        score = chance / exponential(row, token)
        if score > highest:
            winner, highest = token, score
    return winner


@compiled()
def row_key(seed, step):
    low = np.uint64(seed) & np.uint64(LOW_32)
    high = (np.uint64(seed) >> np.uint64(32)) & np.uint64(LOW_32)
    key = mix(mix(mix(low ^ np.uint64(TOKENS)) ^ high) ^ np.uint64(TOKENS))
    return mix(key ^ mix(np.uint64(step) ^ np.uint64(0x9E3779B9)))


@compiled()
def exponential(row, column):
    bits = mix(row ^ mix(np.uint64(column) ^ np.uint64(0x85EBCA77))) >> np.uint64(9)
    uniform = np.float32((np.float32(bits) + np.float32(0.5)) * np.float32(2.0**-23))
    return -np.log(uniform)


@compiled()
def mix(x):
    """As in tts/gpt_sovits/noise.py."""
    x = ((x ^ (x >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & np.uint64(LOW_32)
    x = ((x ^ (x >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & np.uint64(LOW_32)
    return x ^ (x >> np.uint64(16))
