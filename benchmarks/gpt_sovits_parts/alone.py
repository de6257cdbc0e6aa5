"""Measures the parts of this project's engine by themselves: decoding, what the first audio is made of, precision."""

from collections.abc import Iterable, Iterator
from time import perf_counter

import torch
from torch import Tensor

from benchmarks.gpt_sovits_parts import texts
from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome
from benchmarks.gpt_sovits_parts.files import files_for, weights_of
from benchmarks.gpt_sovits_parts.precision import agreement, signal_to_noise_db
from benchmarks.gpt_sovits_parts.timing import rate, seconds
from tts.gpt_sovits.acoustic.model import AcousticModel, Conditions
from tts.gpt_sovits.acoustic.stream import Utterance
from tts.gpt_sovits.features.bert import load_bert
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.loading import VoiceModels, load_voice
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt
from tts.gpt_sovits.text.frontend import Frontend

ROWS = 8


def loaded(assignment: Assignment, is_exact: bool = False) -> VoiceModels:
    torch.set_num_threads(assignment.threads)
    return load_voice(weights_of(assignment), ROWS, is_exact, assignment.device)


def prompt(decoder: Decoder, seed: int = 1) -> Prompt:
    """As long as that of a sentence and a reference of five seconds."""
    source, config = torch.Generator().manual_seed(seed), decoder.model.config
    phones = texts.PHONES_OF_REFERENCE + texts.PHONES_OF_TEXT
    return Prompt(
        torch.randint(1, 300, (phones,), generator=source),
        torch.randn(config.bert_dim, phones, generator=source),
        torch.randint(0, config.eos, (texts.PROMPT_TOKENS,), generator=source),
        Sampling(),
        seed,
    )


def decoding(assignment: Assignment, outcome: Outcome) -> None:
    decoder = loaded(assignment).decoder
    for rows in (1, texts.BATCH):
        decode(decoder, rows, 10)
        outcome.take(f"ar{rows}", lambda rows=rows: (decode(decoder, rows) for _ in range(assignment.runs)))
    outcome.values["step_bytes"] = [float(step_bytes(decoder))]


def decode(decoder: Decoder, rows: int, steps: int = texts.DECODED_TOKENS) -> float:
    """Tokens a second of all rows together."""
    for row in range(rows):
        decoder.prefill(row, prompt(decoder, row))
    return rate(list(_moments(decoder, rows, steps)), rows)


def _moments(decoder: Decoder, rows: int, steps: int) -> Iterator[float]:
    decoder.step(rows).read()
    yield perf_counter()
    under_way = []
    for _ in range(steps):
        under_way.append(decoder.step(rows))
        if len(under_way) > decoder.lag:
            under_way.pop(0).read()
            yield perf_counter()


def step_bytes(decoder: Decoder) -> int:
    """What the linear layers of a step take at 8 bits, and its head at 32: to be read for every token."""
    config = decoder.model.config
    width = config.hidden_dim
    return config.layer_count * 12 * width * width + 4 * width * config.vocab_size


def breakdown(assignment: Assignment, outcome: Outcome) -> None:
    """What a listener waits for, one after another; each sentence is new to all of it."""
    models, device = loaded(assignment), torch.device(assignment.device)
    folder = files_for(assignment).bert
    assert folder is not None
    frontend, bert = Frontend("default"), load_bert(folder, device=device, dtype=fast_dtype(device))
    frontend.warm_up(["zh"])
    cut = next(Pacing().cuts())
    tokens = torch.randint(0, texts.END_TOKEN, (cut.tokens,), device=device)
    conditions = some_conditions(models.acoustic)
    decoder = models.decoder
    times: dict[str, list[float]] = {name: [] for name in ("text", "bert", "prefill", "steps", "chunk")}
    for run in range(-2, assignment.runs * 2):  # the first two warm everything up
        text = texts.sentence(2 + run)
        spelled = frontend.spell(text, "zh")
        chinese = [segment.normalized for segment in spelled.segments if segment.language == "zh"]
        phones = torch.tensor(spelled.ids, device=device)
        utterance = Utterance(models.acoustic, conditions, phones, 1)
        taken = (
            seconds(lambda text=text: frontend.spell(text, "zh")),
            _synchronized_s(lambda chinese=chinese: bert.features(chinese), device),
            _synchronized_s(lambda: decoder.prefill(0, prompt(decoder)), device),
            _synchronized_s(lambda: [decoder.step(1) for _ in range(cut.tokens)][-1].read(), device),
            _synchronized_s(lambda utterance=utterance: utterance.speak(tokens, cut.look_ahead, False), device),
        )
        if run >= 0:
            for name, taken_s in zip(times, taken, strict=True):
                times[name].append(taken_s)
    outcome.values |= times


def _synchronized_s(work, device: torch.device) -> float:
    def done() -> None:
        work()
        if device.type == "cuda":
            torch.cuda.synchronize()

    return seconds(done)


def some_conditions(acoustic: AcousticModel) -> Conditions:
    timbre = torch.randn(1, acoustic.config.gin_channels, 1, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        return acoustic.conditions(timbre.to(acoustic.device))


def quality(assignment: Assignment, outcome: Outcome) -> None:
    """The fast models against the exact ones, on the same tokens."""
    exact, fast = loaded(assignment, is_exact=True), loaded(assignment)
    prompts = [prompt(exact.decoder, seed) for seed in range(assignment.runs)]
    found = [agreement(exact.decoder, fast.decoder, each, texts.DECODED_TOKENS) for each in prompts]
    outcome.values["agreement"] = [each.same_choice for each in found]
    outcome.values["logit_error"] = [each.relative_error for each in found]
    outcome.values["snr_db"] = list(_snr_db(exact.acoustic, fast.acoustic, assignment.runs))


def _snr_db(exact: AcousticModel, fast: AcousticModel, runs: int) -> Iterable[float]:
    for seed in range(runs):
        source = torch.Generator().manual_seed(seed)
        phones = torch.randint(1, 300, (texts.PHONES_OF_TEXT,), generator=source)
        tokens = torch.randint(0, texts.END_TOKEN, (texts.TOKENS,), generator=source)
        yield signal_to_noise_db(*(_whole(each, phones, tokens, seed) for each in (exact, fast)))


def _whole(acoustic: AcousticModel, phones: Tensor, tokens: Tensor, seed: int) -> Tensor:
    device = acoustic.device
    utterance = Utterance(acoustic, some_conditions(acoustic), phones.to(device), seed)
    return utterance.speak(tokens.to(device), 0, True).cpu()
