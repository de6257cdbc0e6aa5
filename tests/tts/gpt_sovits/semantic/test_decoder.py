"""Steps go on exactly where prefills end; rows do not disturb each other, nor does a step that failed."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.prompts import drawn, random_prompt
from tts.gpt_sovits.semantic.decoder import Decoder, prefix_mask
from tts.gpt_sovits.semantic.model import SemanticModel
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt, Slots

GREEDY = Sampling(top_k=1)


@pytest.fixture(scope="session")
def random(random_model: Callable[..., SemanticModel]) -> SemanticModel:
    return random_model()


def opened(model: SemanticModel, prompts: list[Prompt], rows: int = 6) -> Decoder:
    decoder = Decoder(model, Slots(model.config, rows, 200, torch.float32))
    for row, prompt in enumerate(prompts):
        decoder.prefill(row, prompt)
    return decoder


def test_phones_see_all_phones_and_tokens_what_was_before():
    assert prefix_mask(2, 4, "cpu").int().tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert prefix_mask(3, 3, "cpu").all()


@pytest.mark.parametrize("tokens", [0, 1, 15])
def test_a_token_drawn_counts_as_one_of_the_prompt(random: SemanticModel, tokens: int):
    prompt = random_prompt(1, tokens=tokens, sampling=GREEDY)
    decoder = opened(random, [prompt])
    said = drawn(decoder, 1, 9)[0]
    longer = Prompt(prompt.phones, prompt.bert, torch.cat([prompt.tokens, torch.tensor(said)]), GREEDY, 1)
    torch.testing.assert_close(decoder.slots.logits[0], opened(random, [longer]).slots.logits[0], atol=2e-5, rtol=1e-5)
    assert torch.equal(decoder.slots.seen[0], opened(random, [longer]).slots.seen[0])


def test_logits_are_those_of_a_row_alone(random: SemanticModel):
    prompts = [random_prompt(number, phones=10 + 7 * number, tokens=3 * number) for number in range(4)]
    together = opened(random, prompts)
    alone = [opened(random, [prompt]) for prompt in prompts]
    for _ in range(15):
        tokens, _ = together.step(4).read()
        assert tokens == [decoder.step(1).read()[0][0] for decoder in alone]
        for row, decoder in enumerate(alone):
            torch.testing.assert_close(together.slots.logits[row], decoder.slots.logits[0], atol=1e-4, rtol=1e-4)


@settings(max_examples=15)
@given(st.data())
def test_a_row_goes_on_where_it_is_moved_to(random: SemanticModel, data: st.DataObject):
    prompts = [random_prompt(number, phones=8 + number) for number in range(4)]
    expected = [drawn(opened(random, [prompt]), 1, 12)[0] for prompt in prompts]
    decoder, rows = opened(random, prompts), [0, 1, 2, 3]
    said: dict[int, list[int]] = {number: [] for number in rows}
    for _ in range(12):
        if len(rows) > 1 and data.draw(st.booleans()):
            freed = data.draw(st.integers(0, len(rows) - 1))
            decoder.slots.move(len(rows) - 1, freed)
            rows[freed] = rows[-1]
            rows.pop()
        for number, token in zip(rows, decoder.step(len(rows)).read()[0], strict=True):
            said[number].append(token)
    for number, tokens in said.items():
        assert tokens == expected[number][: len(tokens)]


def test_nothing_is_left_of_who_had_the_row_before(random: SemanticModel):
    decoder = opened(random, [random_prompt(2, phones=60, tokens=50, sampling=Sampling(5, 0.5, 2.0, 3.0))])
    drawn(decoder, 1, 20)
    decoder.prefill(0, random_prompt(3))
    assert drawn(decoder, 1, 15) == drawn(opened(random, [random_prompt(3)]), 1, 15)


@pytest.mark.parametrize("failing_call", [1, 2, 3])
def test_after_a_step_that_failed_the_others_say_the_same(
    random: SemanticModel, monkeypatch: pytest.MonkeyPatch, failing_call: int
):
    """As when memory does not suffice for the last row: it is given up, and the step taken again."""
    expected = [drawn(opened(random, [random_prompt(number)]), 1, 12)[0] for number in range(3)]
    decoder = opened(random, [random_prompt(number) for number in range(3)])
    before = drawn(decoder, 3, 4)
    whole = torch.nn.functional.scaled_dot_product_attention
    calls = 0

    def attention(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == failing_call:
            raise torch.OutOfMemoryError("no memory")
        return whole(*arguments, **options)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", attention)
    with pytest.raises(torch.OutOfMemoryError):
        decoder.step(3)
    after = drawn(decoder, 2, 8)
    assert [before[row] + after[row] for row in range(2)] == expected[:2]


def test_the_penalty_counts_what_the_reference_says(random: SemanticModel):
    """Upstream's penalty is over the whole of y, and the reference's tokens are its beginning."""
    prompt = random_prompt(1, sampling=Sampling(top_k=1, repetition_penalty=5.0))
    decoder = opened(random, [prompt])
    best = int(decoder.slots.logits[0].argmax())
    said = Prompt(prompt.phones, prompt.bert, torch.full((15,), best), prompt.sampling, 1)
    decoder = opened(random, [said])
    assert decoder.slots.seen[0].nonzero().flatten().tolist() == [best]
    decoder.slots.logits[0] = 0
    decoder.slots.logits[0, best] = 1.0
    decoder.slots.logits[0, 7] = 0.5
    assert decoder.step(1).read()[0] == [7]


def test_places_beyond_the_table_of_positions_do_not_fail(random: SemanticModel):
    decoder = opened(random, [random_prompt(0)])
    decoder.slots.token_place[0] = 5000
    decoder.step(1)
