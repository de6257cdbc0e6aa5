"""Relative positions against sums written out one by one."""

import pytest
import torch
from torch import Tensor

from tts.gpt_sovits.acoustic.attention import WINDOW, RelativeAttention, by_distance, by_place

TIMES = [1, 2, 3, 4, 5, 8, 9, 10, 23]


def random(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(len(shape)))


@pytest.mark.parametrize("time", TIMES)
def test_scores_by_distance_come_to_the_places_they_belong_to(time: int):
    scores = random(2, 3, time, 2 * WINDOW + 1)
    placed = by_place(scores)
    assert placed.shape == (2, 3, time, time)
    for query in range(time):
        for key in range(time):
            distance = key - query
            expected = scores[..., query, distance + WINDOW] if abs(distance) <= WINDOW else torch.zeros(2, 3)
            assert torch.equal(placed[..., query, key], expected)


@pytest.mark.parametrize("time", TIMES)
def test_weights_by_place_are_found_by_their_distance(time: int):
    weights = random(2, 3, time, time)
    found = by_distance(weights)
    for query in range(time):
        for distance in range(-WINDOW, WINDOW + 1):
            key = query + distance
            expected = weights[..., query, key] if 0 <= key < time else torch.zeros(2, 3)
            assert torch.equal(found[..., query, distance + WINDOW], expected)


@pytest.mark.parametrize("time", [1, 3, 12])
def test_attention_adds_what_belongs_to_each_distance(time: int):
    attention = RelativeAttention(channels=8, head_count=2)
    for number, parameter in enumerate(attention.parameters()):
        torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(number))
    x = random(1, 8, time)
    query, key, value = (conv(x)[0].view(2, 4, time) for conv in (attention.conv_q, attention.conv_k, attention.conv_v))
    mixed = torch.zeros(2, 4, time)
    for head in range(2):
        scores = torch.zeros(time, time)
        for i in range(time):
            for j in range(time):
                near = attention.emb_rel_k[0, j - i + WINDOW] if abs(j - i) <= WINDOW else torch.zeros(4)
                scores[i, j] = query[head, :, i] @ (key[head, :, j] + near) / 2
        for i, weights in enumerate(scores.softmax(-1)):
            for j, weight in enumerate(weights):
                near = attention.emb_rel_v[0, j - i + WINDOW] if abs(j - i) <= WINDOW else torch.zeros(4)
                mixed[head, :, i] += weight * (value[head, :, j] + near)
    torch.testing.assert_close(attention(x), attention.conv_o(mixed.reshape(1, 8, time)), atol=1e-5, rtol=1e-5)
