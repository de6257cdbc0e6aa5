"""The logic of the recorded steps, here without a recording: every step is run as it would be replayed."""

from collections.abc import Callable

import pytest
import torch

from tests.support.prompts import random_prompt
from tts.gpt_sovits.semantic.decoder import Decoder, Drawn
from tts.gpt_sovits.semantic.graphed import GraphedDecoder
from tts.gpt_sovits.semantic.model import SemanticModel
from tts.gpt_sovits.semantic.slots import Slots

PLACES = 700


@pytest.fixture(scope="session")
def random(random_model: Callable[..., SemanticModel]) -> SemanticModel:
    return random_model()


def graphed(model: SemanticModel, rows: int = 6) -> GraphedDecoder:
    slots = Slots(model.config, rows, PLACES, torch.float32)
    slots.keys.zero_()
    slots.values.zero_()  # as they are on a GPU

    def record(step: Callable[[], None]) -> Callable[[], None]:
        step()  # a recording runs the step a few times
        step()
        return step

    return GraphedDecoder(model, slots, record)


def test_the_tokens_are_those_of_the_plain_decoder(random: SemanticModel):
    decoder, plain = graphed(random), Decoder(random, Slots(random.config, 6, PLACES, torch.float32))
    decoder.warm_up()
    for row in range(3):
        for each in (decoder, plain):
            each.prefill(row, random_prompt(row, phones=150 + 30 * row, tokens=60))
    for _ in range(80):  # from a reach of 256 places to one of 384
        assert decoder.step(3).read() == plain.step(3).read()
        torch.testing.assert_close(decoder.slots.logits[:3], plain.slots.logits[:3], atol=1e-4, rtol=1e-4)
    assert decoder.slots.lengths == plain.slots.lengths
    assert torch.equal(decoder.slots.length[:3], plain.slots.length[:3])


def test_tokens_read_later_are_those_of_their_step(random: SemanticModel):
    decoder, other = graphed(random), graphed(random)
    for each in (decoder, other):
        each.prefill(0, random_prompt(5))
    expected = [other.step(1).read() for _ in range(8)]
    under_way: list[Drawn] = [decoder.step(1) for _ in range(8)]
    assert [each.read() for each in under_way] == expected


def test_rows_without_a_request_may_count_for_ever(random: SemanticModel):
    """Three rows are stepped as four; the fourth has nobody."""
    decoder, quiet = graphed(random), graphed(random)
    for each in (decoder, quiet):
        for row in range(3):
            each.prefill(row, random_prompt(row))
    for counter in (decoder.slots.token_place, decoder.slots.length, decoder.slots.step):
        counter[3:] = 100_000
    for _ in range(5):
        assert decoder.step(3).read() == quiet.step(3).read()
    decoder.prefill(3, random_prompt(3))
    quiet.prefill(3, random_prompt(3))
    for _ in range(15):
        assert decoder.step(4).read() == quiet.step(4).read()


def test_recording_in_the_midst_of_a_sentence_changes_nothing(random: SemanticModel):
    recorded_before, recorded_now = graphed(random), graphed(random)
    for each in (recorded_before, recorded_now):
        each.prefill(0, random_prompt(1, phones=249, tokens=2))
    recorded_before.warm_up()
    for _ in range(12):
        assert recorded_before.step(1).read() == recorded_now.step(1).read()
