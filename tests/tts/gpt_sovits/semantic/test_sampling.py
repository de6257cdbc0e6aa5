"""How a token is drawn, checked against the rules written down plainly, one number at a time."""

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from tts.gpt_sovits.noise import exponential
from tts.gpt_sovits.semantic.sampling import STEPS_WITHOUT_END, Rows, Sampling, draw, penalized, probabilities

LOGITS = st.lists(st.integers(-60, 60).map(lambda n: n / 8), min_size=2, max_size=12)
"""Steps of an eighth, so that ties are frequent and sums are exact."""


def rows_of(sampling: Sampling, seen: Tensor, seed: int = 0, step: int = 100) -> Rows:
    count = len(seen)
    return Rows(
        torch.full((count,), sampling.top_k),
        torch.full((count,), float(sampling.top_p)),
        torch.full((count,), float(sampling.temperature)),
        torch.full((count,), float(sampling.repetition_penalty)),
        torch.arange(seed, seed + count),
        torch.full((count,), step),
        seen,
    )


def chances(logits: list[float], top_k: int = 1000, top_p: float = 1.0, temperature: float = 1.0) -> list[float]:
    rows = rows_of(Sampling(top_k, top_p, temperature), torch.zeros(1, len(logits), dtype=torch.bool))
    return probabilities(torch.tensor([logits]), rows.top_k, rows.top_p, rows.temperature)[0].tolist()


def softmax(values: list[float]) -> list[float]:
    exponentials = [math.exp(value - max(values)) for value in values]
    return [each / sum(exponentials) for each in exponentials]


def plainly(logits: list[float], top_k: int, top_p: float, temperature: float) -> list[float]:
    order = sorted(range(len(logits)), key=lambda token: -logits[token])
    kept, reached = [], 0.0
    for token in order:
        reached += softmax(logits)[token]
        if kept and top_p < 1 and reached > top_p:
            break
        kept.append(token)
    least = logits[kept[min(top_k, len(kept)) - 1]]
    kept = [token for token in kept if logits[token] >= least]
    among = softmax([logits[token] / max(temperature, 1e-5) for token in kept])
    found = [0.0] * len(logits)
    for token, chance in zip(kept, among, strict=True):
        found[token] = chance
    return found


@given(LOGITS, st.integers(1, 14), st.floats(0.05, 1), st.floats(0, 3))
def test_chances_follow_the_rules(logits: list[float], top_k: int, top_p: float, temperature: float):
    sums = [sum(sorted(softmax(logits), reverse=True)[: count + 1]) for count in range(len(logits))]
    assume(all(abs(reached - top_p) > 1e-5 for reached in sums))  # there, rounding decides
    found, expected = chances(logits, top_k, top_p, temperature), plainly(logits, top_k, top_p, temperature)
    # Of tied tokens at the nucleus's border it does not matter which is kept, so chances are compared by size.
    assert sorted(found) == pytest.approx(sorted(expected), abs=1e-5)
    if len(set(logits)) == len(logits):
        assert found == pytest.approx(expected, abs=1e-5)


def test_the_token_that_crosses_the_threshold_is_not_kept():
    assert chances([math.log(5), math.log(3), math.log(2)], top_p=0.7) == [1, 0, 0]
    assert chances([math.log(5), math.log(3), math.log(2)], top_p=0.85) == pytest.approx([0.625, 0.375, 0])


def test_the_likeliest_is_kept_even_where_it_crosses_the_threshold():
    assert chances([0.0, 9.0, 0.0], top_p=0.01) == [0, 1, 0]


def test_the_nucleus_looks_at_chances_before_the_temperature():
    assert chances([math.log(6), math.log(4)], top_p=0.7, temperature=10) == [1, 0]


def test_all_that_tie_with_the_last_one_are_kept():
    assert chances([3.0, 1.0, 1.0, 1.0, 0.0], top_k=2)[4] == 0
    assert min(chances([3.0, 1.0, 1.0, 1.0, 0.0], top_k=2)[:4]) > 0


def test_no_temperature_is_the_likeliest_alone():
    assert chances([1.0, 1.01, 0.0], temperature=0) == [0, 1, 0]


@given(LOGITS, st.floats(0.1, 10))
def test_the_penalty_makes_less_likely_whatever_the_sign(logits: list[float], penalty: float):
    seen = torch.arange(len(logits)) % 2 == 0
    after = penalized(torch.tensor([logits]), seen[None], torch.tensor([penalty]))[0].tolist()
    for token, (logit, left) in enumerate(zip(logits, after, strict=True)):
        if not seen[token]:
            assert left == logit
        else:
            assert left == pytest.approx(logit * penalty if logit < 0 else logit / penalty, rel=1e-6)


def test_the_end_cannot_be_drawn_for_eleven_steps():
    logits = torch.tensor([[0.0, 0.0, 50.0]])
    nothing = torch.zeros(1, 3, dtype=torch.bool)
    for step in range(STEPS_WITHOUT_END + 2):
        token, has_ended = draw(logits, rows_of(Sampling(), nothing, step=step), end=2)
        assert has_ended.item() == (step >= 11), step
        assert (token.item() == 2) == has_ended.item()
    assert logits[0, 2] == 50  # of a step that fails, nothing stays


def test_it_ends_where_the_end_is_likeliest_even_if_it_is_not_drawn():
    logits = torch.zeros(1, 500)
    logits[0, 499] = 0.01
    ended = [draw(logits, rows_of(Sampling(top_k=500), logits > 9, seed), end=499) for seed in range(50)]
    assert all(has_ended for _, has_ended in ended)
    assert any(token != 499 for token, _ in ended)


def test_the_end_is_judged_after_the_penalty():
    logits = torch.tensor([[1.0, 2.0, 1.8]])
    seen = torch.tensor([[False, True, False]])
    token, has_ended = draw(logits, rows_of(Sampling(top_k=1, repetition_penalty=2), seen), end=2)
    assert token.item() == 2
    assert has_ended.item()


def test_tokens_are_drawn_as_often_as_they_are_likely():
    logits = torch.tensor([[2.0, 1.0, 0.0, -1.0, 0.5]]).expand(40_000, 5)
    rows = rows_of(Sampling(top_k=4, temperature=0.8), torch.zeros(40_000, 5, dtype=torch.bool))
    tokens, _ = draw(logits, rows, end=9)
    often = (torch.bincount(tokens, minlength=5) / 40_000).tolist()
    assert often == pytest.approx(plainly([2.0, 1.0, 0.0, -1.0, 0.5], 4, 1.0, 0.8), abs=0.01)


def test_a_row_draws_by_its_own_options_seed_and_step():
    logits = torch.randn(3, 200, generator=torch.Generator().manual_seed(1))
    seen = torch.rand(3, 200, generator=torch.Generator().manual_seed(2)) < 0.1
    options = [Sampling(5, 1.0, 1.0, 1.2), Sampling(100, 0.8, 0.7, 1.0), Sampling(1, 1.0, 1.5, 2.0)]
    each = [rows_of(one, seen[row : row + 1], seed=10 * row, step=row) for row, one in enumerate(options)]
    together = Rows(*(torch.cat([getattr(rows, name) for rows in each]) for name in Rows.__dataclass_fields__))
    alone = [draw(logits[row : row + 1], rows, end=199)[0].item() for row, rows in enumerate(each)]
    assert draw(logits, together, end=199)[0].tolist() == alone


def test_a_draw_is_the_chance_against_an_exponential():
    logits = torch.tensor([[0.3, 0.2, 0.1]])
    rows = rows_of(Sampling(), torch.zeros(1, 3, dtype=torch.bool), seed=77)
    expected = (logits.softmax(-1) / exponential(rows.seed, rows.step, 3)).argmax(-1)
    assert torch.equal(draw(logits, rows, end=9)[0], expected)
