"""Measures genie-tts in its own environment: its own inference on the sessions that its own manager loads.

It cannot be set up offline as a user would: HuBERT, BERT and the speaker network come as downloads in its own format.
So what HuBERT and the speaker network say of the reference is random, and BERT is off, which flatters its figures.
"""

import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.gpt_sovits_parts import texts
from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome, peak_mb, run_program
from benchmarks.gpt_sovits_parts.timing import rate, seconds, seconds_each

CHARACTER = "random"
FRAMES = 2 * texts.PROMPT_TOKENS
"""HuBERT's, of the reference."""


class ForcedSteps:
    """Stands in for the session that makes one step: times it, and tells the end after so many."""

    def __init__(self, session: Any):
        self._session = session
        self.most = texts.TOKENS
        self.moments: list[float] = []

    def get_inputs(self) -> Any:
        return self._session.get_inputs()

    def run(self, names: Any, feed: Any) -> Any:
        tokens, embedded, _, *cache = self._session.run(names, feed)
        self.moments.append(time.perf_counter())
        return [tokens, embedded, len(self.moments) > self.most, *cache]

    def limit(self, most: int) -> None:
        self.most = most
        self.moments = []


class StandIn:
    """For HuBERT's session."""

    def run(self, names: Any, feed: Any) -> Any:
        return [_random(1, 768, FRAMES)]


class Engine:
    def __init__(self, assignment: Assignment):
        _limit_threads(import_module("onnxruntime"), assignment.threads)
        self.folder = Path(assignment.folder) / assignment.version
        import_module("genie_tts")
        self.manager = import_module("genie_tts.ModelManager").model_manager
        self.client = import_module("genie_tts.Core.Inference").GENIE()
        self.clip = assignment.clips[0]

    def load(self) -> None:
        if not self.manager.load_character(CHARACTER, str(self.folder), "Chinese"):
            raise RuntimeError("its manager could not load the converted model")

    def learn(self) -> None:
        self.model = self.manager.get(CHARACTER)
        self.steps = ForcedSteps(self.model.T2S_STAGE_DECODER)
        self.manager.cn_hubert = StandIn()
        audio = import_module("genie_tts.Audio.ReferenceAudio")
        self.reference = audio.ReferenceAudio(self.clip, texts.REFERENCE_TEXT, "chinese")
        if self.model.PROMPT_ENCODER:
            widths = {each.name: each.shape[1] for each in self.model.VITS.get_inputs() if each.name.startswith("ge")}
            self.reference.global_emb = _random(1, widths["ge"], 1)
            self.reference.global_emb_advanced = _random(1, widths["ge_advanced"], 1)

    def sentence(self, text: str) -> None:
        self.steps.limit(texts.TOKENS)
        model = self.model
        self.client.tts(
            *(text, self.reference, model.T2S_ENCODER, model.T2S_FIRST_STAGE_DECODER, self.steps),
            *(model.VITS, model.PROMPT_ENCODER),
            language="chinese",
        )

    def decode(self, tokens: int) -> None:
        model, reference, text = self.model, texts.PHONES_OF_REFERENCE, texts.PHONES_OF_TEXT
        self.steps.limit(tokens)
        self.client.t2s_cpu(
            *(_phones(reference), _random(reference, 1024), _phones(text), _random(text, 1024)),
            *(_random(1, 768, FRAMES), model.T2S_ENCODER, model.T2S_FIRST_STAGE_DECODER, self.steps),
        )


def _limit_threads(runtime: Any, threads: int) -> None:
    """Of the sessions that it makes from now on."""
    options = runtime.SessionOptions

    def limited() -> Any:
        made = options()
        made.intra_op_num_threads = threads
        return made

    runtime.SessionOptions = limited


def _random(*shape: int) -> Any:
    import numpy as np

    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def _phones(count: int) -> Any:
    import numpy as np

    return np.random.default_rng(0).integers(1, 300, (1, count))


def convert(assignment: Assignment, outcome: Outcome) -> None:
    """Its own form of the weights, beside its other files."""
    names = import_module("benchmarks.gpt_sovits_rivals.gsv_tts_lite")
    weights, folder = Path(assignment.weights), Path(assignment.folder) / assignment.version
    gpt, sovits = weights / names.GPT[assignment.version], weights / names.SOVITS[assignment.version]
    import_module("genie_tts").convert_to_onnx(gpt, sovits, folder)
    if not (folder / "vits_fp16.bin").exists():
        raise RuntimeError("its converter failed")


def decoding(assignment: Assignment, outcome: Outcome) -> None:
    engine = Engine(assignment)
    engine.load()
    engine.learn()
    engine.decode(10)

    def once() -> float:
        engine.decode(texts.DECODED_TOKENS)
        return rate(engine.steps.moments)

    outcome.take("ar1", lambda: [once() for _ in range(assignment.runs)])
    outcome.failures[f"ar{texts.BATCH}"] = "it decodes one sentence at a time"


def speaking(assignment: Assignment, outcome: Outcome) -> None:
    engine, runs = Engine(assignment), assignment.runs
    engine.load()
    engine.learn()
    engine.sentence(texts.sentence(0))
    outcome.take("sentence_s", lambda: seconds_each([texts.sentence(8 + run) for run in range(runs)], engine.sentence))
    if "sentence_s" in outcome.values:
        outcome.values["first_audio_s"] = outcome.values["sentence_s"]  # it streams by the sentence
    outcome.take("paragraph_s", lambda: [sum(seconds_each(texts.paragraph(1), engine.sentence))])
    outcome.failures["reference_s"] = "HuBERT and the speaker network come only as downloads"
    outcome.take("cancel_steps", lambda: [_steps_after_stopping(engine)])


def _steps_after_stopping(engine: Engine) -> int:
    engine.client.stop_event.clear()
    engine.steps.limit(texts.TOKENS)
    work = threading.Thread(target=engine.sentence, args=(texts.sentence(18),))
    work.start()
    while len(engine.steps.moments) < texts.TOKENS // 4:
        time.sleep(0.001)
    before = len(engine.steps.moments)
    engine.client.stop_event.set()
    work.join()
    return len(engine.steps.moments) - before


def memory(assignment: Assignment, outcome: Outcome) -> None:
    engine = Engine(assignment)
    outcome.take("load_s", lambda: [seconds(engine.load)])
    engine.learn()
    engine.sentence(texts.sentence(0))
    outcome.take("peak_mb", lambda: [peak_mb()])


if __name__ == "__main__":
    run_program({"convert": convert, "decoding": decoding, "speaking": speaking, "memory": memory})
