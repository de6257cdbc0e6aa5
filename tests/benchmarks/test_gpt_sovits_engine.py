"""What the benchmark does to the engine: it counts tokens, ends sentences, and compares precisions."""

import sys
from pathlib import Path

import pytest
import torch

from benchmarks.gpt_sovits_parts import alone, materials
from benchmarks.gpt_sovits_parts.assignment import Assignment
from benchmarks.gpt_sovits_parts.children import measured
from benchmarks.gpt_sovits_parts.files import weights_of
from benchmarks.gpt_sovits_parts.forced import ForcedTokens
from benchmarks.gpt_sovits_parts.precision import agreement, drawn_tokens, logits_along, signal_to_noise_db
from benchmarks.gpt_sovits_rivals.gsv_tts_lite import ForcedDraws
from tts.gpt_sovits.base_models import BASE_MODELS
from tts.gpt_sovits.checkpoint import read_semantic
from tts.gpt_sovits.loading import make_decoder
from tts.gpt_sovits.random_weights import write_semantic
from tts.gpt_sovits.semantic.model import load_semantic

OUR_PROGRAM = "benchmarks.gpt_sovits_parts.ours"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    write_semantic(folder / BASE_MODELS["v2"].gpt, "tiny", seed=0, endless=True)
    return folder


@pytest.fixture
def make(weights: Path):
    def made(is_exact: bool):
        assignment = Assignment("decoding", "v2", str(weights), "", (), runs=1)
        semantic = read_semantic(weights_of(assignment).gpt)
        return make_decoder(load_semantic(semantic.config, semantic.weights), 4, is_exact)

    return made


def test_every_row_ends_after_its_own_tokens_also_when_it_is_moved(make):
    decoder, forced = make(is_exact=True), ForcedTokens(most=3)
    forced.force(decoder)
    decoder.prefill(0, alone.prompt(decoder, 1))
    ended = [decoder.step(1).read()[1]]
    decoder.prefill(1, alone.prompt(decoder, 2))
    ended += [decoder.step(2).read()[1] for _ in range(3)]
    assert ended == [[False], [False, False], [False, False], [True, False]]
    decoder.slots.move(1, 0)
    assert decoder.step(1).read()[1] == [True]
    assert forced.steps == 5


def test_no_sentence_of_the_benchmarks_weights_ends_by_itself(make):
    decoder = make(is_exact=True)
    decoder.prefill(0, alone.prompt(decoder))
    assert not any(ended for _ in range(200) for ended in decoder.step(1).read()[1])


def test_tokens_are_forced_on_a_decoder_and_its_logits_are_those_it_had_when_it_drew_them(make):
    decoder = make(is_exact=True)
    tokens = drawn_tokens(decoder, alone.prompt(decoder), 12)
    assert len(set(tokens)) > 3
    first, second = (torch.stack(list(logits_along(decoder, alone.prompt(decoder), tokens))) for _ in range(2))
    assert torch.equal(first, second)
    others = torch.stack(list(logits_along(decoder, alone.prompt(decoder), tokens[::-1])))
    assert torch.equal(first[0], others[0])
    assert not torch.allclose(first[1:], others[1:])


def test_an_exact_decoder_agrees_with_itself_and_a_fast_one_nearly(make):
    exact = make(is_exact=True)
    same = agreement(exact, make(is_exact=True), alone.prompt(exact), 20)
    assert (same.same_choice, same.relative_error) == (1.0, 0.0)
    near = agreement(exact, make(is_exact=False), alone.prompt(exact), 20)
    assert near.same_choice >= 0.8
    assert near.relative_error < 0.05


def test_signal_to_noise():
    signal = torch.tensor([1.0, -1.0, 1.0, -1.0])
    assert signal_to_noise_db(signal, signal * 0.9) == pytest.approx(20)
    assert signal_to_noise_db(signal, signal * 0.99) == pytest.approx(40, abs=0.01)


def test_the_rivals_draws_end_when_they_are_told_to():
    draws = ForcedDraws(lambda logits: (torch.zeros(logits.shape[0], 1, dtype=torch.int64), logits))
    draws.limit(2)
    tokens = [draws(torch.zeros(4, 1025))[0].tolist() for _ in range(3)]
    assert tokens == [[[0]] * 4, [[0]] * 4, [[1024]] * 4]
    assert len(draws.moments) == 3
    draws.wait_until_done()


@pytest.mark.slow
@pytest.mark.long
def test_a_listener_is_measured_on_tiny_models(tmp_path: Path):
    materials.write_weights(tmp_path / "weights", "tiny", ("v2",))
    clips = materials.write_clips(tmp_path / "clips")
    assignment = Assignment("speaking", "v2", str(tmp_path / "weights"), "", clips, runs=1)
    outcome = measured(Path(sys.executable), OUR_PROGRAM, assignment)
    assert not outcome.failures
    assert {name: len(values) for name, values in outcome.values.items()} == {
        "first_audio_s": 2,
        "sentence_s": 2,
        "paragraph_s": 1,
        "cancel_steps": 5,
    }
    first, whole = outcome.values["first_audio_s"], outcome.values["sentence_s"]
    assert all(0 < early < late for early, late in zip(first, whole, strict=True))
