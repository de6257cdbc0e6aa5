"""The compiled draws are those of the torch form, token for token."""

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tts.gpt_sovits.semantic import sampling as plain
from tts.gpt_sovits.semantic.sampling import Rows, Sampling

pytest.importorskip("numba")

from tts.gpt_sovits.semantic.compiled.sampling import best, draw, exponential, row_key

VOCABULARY = 1025


def thousandths(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda n: n / 1000)


SAMPLINGS = st.builds(
    Sampling,
    top_k=st.one_of(st.integers(1, 40), st.integers(1, VOCABULARY), st.just(5000)),
    top_p=st.one_of(st.just(1.0), thousandths(10, 999)),
    temperature=st.one_of(st.just(1.0), thousandths(0, 5000)),
    repetition_penalty=st.one_of(st.just(1.0), thousandths(100, 4000)),
)
SEEDS = st.integers(0, (1 << 62) - 1)


def logits_of(seed: int, spread: float, levels: int | None) -> torch.Tensor:
    """levels: how many different values there are in a spread; few make ties."""
    logits = torch.randn(VOCABULARY, generator=torch.Generator().manual_seed(seed)) * spread
    return logits if levels is None else (logits * levels / spread).round() * spread / levels


def both(logits: torch.Tensor, seen: torch.Tensor, options: Sampling, seed: int, step: int):
    """A token and whether it is the end: as torch draws it, and as the compiled form does."""
    rows = Rows(
        torch.tensor([options.top_k]),
        torch.tensor([options.top_p], dtype=torch.float32),
        torch.tensor([options.temperature], dtype=torch.float32),
        torch.tensor([options.repetition_penalty], dtype=torch.float32),
        torch.tensor([seed]),
        torch.tensor([step]),
        seen[None],
    )
    token, has_ended = plain.draw(logits[None], rows, VOCABULARY - 1)
    numbers = (rows.top_k, rows.top_p, rows.temperature, rows.repetition_penalty)
    compiled = draw(
        logits.clone().numpy(), seen.numpy(), VOCABULARY - 1, step, np.int64(seed), *(n.numpy()[0] for n in numbers)
    )
    return (token.item(), has_ended.item()), (int(compiled[0]), bool(compiled[1]))


def is_decided_by_rounding(logits: torch.Tensor, seen: torch.Tensor, options: Sampling) -> bool:
    """Whether chances come so near to the nucleus's threshold that another order of adding them matters."""
    if options.top_p >= 1:
        return False
    penalised = plain.penalized(logits[None], seen[None], torch.tensor([options.repetition_penalty]))
    reached = penalised.double().sort(descending=True).values.softmax(-1).cumsum(-1)
    return bool(((reached - options.top_p).abs() < 1e-4).any())


@settings(max_examples=400)
@given(
    seed=SEEDS,
    step=st.integers(0, 1500),
    options=SAMPLINGS,
    spread=st.sampled_from([0.05, 1.0, 4.0, 12.0]),
    levels=st.sampled_from([None, 1, 3, 20]),
    said=st.floats(0, 0.5),
)
@example(seed=1, step=10, options=Sampling(), spread=4.0, levels=None, said=0.1)
@example(seed=1, step=11, options=Sampling(top_k=1), spread=4.0, levels=1, said=0.1)
@example(seed=1, step=0, options=Sampling(temperature=0.0, top_k=1025), spread=4.0, levels=1, said=0.0)
@example(seed=1, step=99, options=Sampling(top_k=1025, top_p=0.01), spread=4.0, levels=None, said=0.0)
def test_it_draws_what_torch_draws(
    seed: int, step: int, options: Sampling, spread: float, levels: int | None, said: float
):
    logits = logits_of(seed % 1_000_003, spread, levels)
    seen = torch.rand(VOCABULARY, generator=torch.Generator().manual_seed(step)) < said
    if not is_decided_by_rounding(logits, seen, options):
        torch_drew, compiled_drew = both(logits, seen, options, seed, step)
        assert compiled_drew == torch_drew


@pytest.mark.parametrize("top_k", [1, 2, 15, 100, 1024, 1025])
def test_every_top_k_draws_the_same_over_many_steps(top_k: int):
    nothing = torch.zeros(VOCABULARY, dtype=torch.bool)
    for step in range(60):
        torch_drew, compiled_drew = both(logits_of(step, 2.0, None), nothing, Sampling(top_k=top_k), 5, step)
        assert compiled_drew == torch_drew


def test_the_end_cannot_be_drawn_for_eleven_steps():
    logits = logits_of(0, 1.0, None)
    logits[-1] = 60
    nothing = torch.zeros(VOCABULARY, dtype=torch.bool)
    ended = [both(logits, nothing, Sampling(), 3, step)[1][1] for step in range(13)]
    assert ended == [False] * 11 + [True] * 2


@given(SEEDS, st.integers(0, 100_000))
def test_the_exponentials_are_the_same_numbers(seed: int, step: int):
    from tts.gpt_sovits import noise

    expected = noise.exponential(torch.tensor([seed]), torch.tensor([step]), VOCABULARY)[0].numpy()
    key = row_key(np.int64(seed), np.int64(step))
    found = np.array([exponential(key, np.int64(token)) for token in range(VOCABULARY)], np.float32)
    np.testing.assert_allclose(found, expected, rtol=3e-6)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=40), st.data())
def test_the_best_are_the_first_of_a_stable_sort(values: list[int], data: st.DataObject):
    logits = np.array(values, np.float32)
    count = data.draw(st.integers(1, len(values)))
    expected = np.argsort(-logits, kind="stable")[:count]
    assert best(logits, count).tolist() == expected.tolist()


def test_the_best_of_tokens_that_cannot_be_drawn():
    logits = np.full(10, -np.inf, np.float32)
    logits[7] = 1
    assert best(logits, 3)[0] == 7
    assert len(set(best(logits, 3).tolist())) == 3
