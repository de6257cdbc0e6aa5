"""Logits and greedy tokens equal upstream's, and so do the chances that tokens are drawn with."""

import json

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.support.vectors import models_vectors
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.model import SemanticModel
from tts.gpt_sovits.semantic.sampling import STEPS_WITHOUT_END, Sampling, penalized, probabilities
from tts.gpt_sovits.semantic.slots import Prompt, Slots

ITEMS = (0, 1, 2)
GREEDY = Sampling(top_k=1)
TOLERANCE = {"atol": 1e-4, "rtol": 0}
LONGEST = 1500


def opened(model: SemanticModel, prompts: list[Prompt]) -> Decoder:
    """A decoder with a prompt in each row."""
    decoder = Decoder(model, Slots(model.config, len(prompts), 3072, torch.float32))
    for row, prompt in enumerate(prompts):
        decoder.prefill(row, prompt)
    return decoder


def prompt_of(stored: dict[str, Tensor], item: int, sampling: Sampling = GREEDY) -> Prompt:
    return Prompt(stored[f"x{item}"], stored[f"bert{item}"], stored["prompt"], sampling, seed=item)


def decoded(decoder: Decoder, steps: int) -> list[list[int]]:
    """Each row's tokens until its end, at most `steps` of them."""
    count = len(decoder.slots.lengths)
    tokens: list[list[int]] = [[] for _ in range(count)]
    running = set(range(count))
    for _ in range(steps):
        for row, (token, has_ended) in enumerate(zip(*decoder.step(count).read(), strict=True)):
            if has_ended:
                running.discard(row)
            elif row in running:
                tokens[row].append(token)
        if not running:
            break
    return tokens


def test_the_logits_of_a_batch(model: SemanticModel, stored: dict[str, Tensor]):
    decoder = opened(model, [prompt_of(stored, item) for item in ITEMS])
    compared = 0
    for step in range(STEPS_WITHOUT_END + 2):
        place = "batch3.prefill_logits" if step == 0 else f"batch3.step{step}_logits"
        for name in (place, f"{place}_noEOS"):
            if name in stored:
                ours = decoder.slots.logits[:, : stored[name].shape[1]]
                torch.testing.assert_close(ours, stored[name], **TOLERANCE)
                compared += 1
        decoder.step(len(ITEMS))
    assert compared == len([name for name in stored if name.startswith("batch3.") and "logits" in name])


def test_the_first_logits_of_items_alone(model: SemanticModel, stored: dict[str, Tensor]):
    for item in ITEMS:
        logits = opened(model, [prompt_of(stored, item)]).slots.logits[:, : model.config.eos]
        torch.testing.assert_close(logits, stored[f"single{item}.prefill_logits_noEOS"], **TOLERANCE)


def test_greedy_tokens_in_a_batch(model: SemanticModel, stored: dict[str, Tensor]):
    tokens = decoded(opened(model, [prompt_of(stored, item) for item in ITEMS]), LONGEST)
    assert tokens == [stored[f"batch3.tokens{item}"].tolist() for item in ITEMS]


@pytest.mark.parametrize("item", ITEMS)
def test_greedy_tokens_alone(model: SemanticModel, stored: dict[str, Tensor], item: int):
    tokens = decoded(opened(model, [prompt_of(stored, item)]), LONGEST)
    assert tokens == [stored[f"single{item}.tokens"].tolist()]


def test_without_a_transcript_the_tokens_begin_at_nothing(model: SemanticModel, stored: dict[str, Tensor]):
    nothing = torch.zeros(0, dtype=torch.int64)
    decoder = opened(model, [Prompt(stored["x0"], stored["bert0"], nothing, GREEDY, seed=0)])
    logits = decoder.slots.logits[:, : model.config.eos]
    torch.testing.assert_close(logits, stored["noprompt.prefill_logits_noEOS"], **TOLERANCE)
    expected = stored["noprompt.y"].tolist()
    assert decoded(decoder, len(expected)) == [expected]


def test_without_a_penalty_and_cooler(model: SemanticModel, stored: dict[str, Tensor]):
    sampling = Sampling(top_k=1, temperature=0.7, repetition_penalty=1.0)
    expected = [stored[f"batch3_rp1.tokens{item}"].tolist() for item in ITEMS]
    decoder = opened(model, [prompt_of(stored, item, sampling) for item in ITEMS])
    assert decoded(decoder, max(map(len, expected))) == expected


def chances(logits: Tensor, previous: Tensor, sampling: Sampling) -> Tensor:
    seen = torch.zeros(logits.shape, dtype=torch.bool).scatter_(1, previous, True)

    def rows(value: float) -> Tensor:
        return torch.full((len(logits),), value)

    penalised = penalized(logits, seen, rows(sampling.repetition_penalty))
    return probabilities(penalised, rows(sampling.top_k), rows(sampling.top_p), rows(sampling.temperature))


def test_chances_of_even_logits(stored: dict[str, Tensor]):
    meta = json.loads((models_vectors() / "meta.json").read_text("utf-8"))
    for case, (top_k, *others) in enumerate(meta["samp_cases_topk_topp_temp_rep"]):
        ours = chances(stored["samp.logits"], stored["samp.prev"], Sampling(int(top_k), *map(float, others)))
        torch.testing.assert_close(ours, stored[f"samp.probs{case}"], atol=1e-6, rtol=1e-4)


def test_chances_of_peaky_logits():
    more = load_file(models_vectors() / "samp_more.safetensors")
    for case, options in enumerate(json.loads((models_vectors() / "samp_more.json").read_text("utf-8"))):
        sampling = Sampling(**{name: options[name] for name in Sampling.__dataclass_fields__})
        ours = chances(more[f"logits{case}"], more[f"previous{case}"], sampling)
        torch.testing.assert_close(ours, more[f"probs{case}"], atol=1e-6, rtol=1e-4)
        assert (ours > 0).sum(1).tolist() == options["kept"]
