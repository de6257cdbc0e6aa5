"""Measures gsv-tts-lite in its own environment, through its public methods.

What is replaced in it: the drawing of a token is timed, and tells the end after so many tokens; a section that its
reader of checkpoints looks for without using it is filled in.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.gpt_sovits_parts import texts
from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome, peak_mb, run_program
from benchmarks.gpt_sovits_parts.timing import rate, seconds, seconds_each

GPT = {"v2": "gsv-v2final-pretrained/s1bert25hz-5kh-longer-epoch=12-step=369668.ckpt", "v2ProPlus": "s1v3.ckpt"}
SOVITS = {"v2": "gsv-v2final-pretrained/s2G2333k.pth", "v2ProPlus": "v2Pro/s2Gv2ProPlus.pth"}
FIRST_CHUNK_TOKENS = 25
"""Its own default."""
QUIET_S = 5.0
"""Without a new token for so long, it has stopped; between two it may make sound."""


class ForcedDraws:
    """Stands in for the function that draws a token in each row."""

    def __init__(self, draw: Any):
        self._draw = draw
        self.most = texts.TOKENS
        self.moments: list[float] = []

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        tokens, chances = self._draw(*arguments, **options)
        self.moments.append(time.perf_counter())
        if len(self.moments) > self.most:
            tokens.fill_(texts.END_TOKEN)
        return tokens, chances

    def limit(self, most: int) -> None:
        self.most = most
        self.moments = []

    def wait_until_done(self) -> None:
        """Until the end was told, or nothing has been drawn for a while."""
        begun = time.perf_counter()
        while len(self.moments) <= self.most and time.perf_counter() - max(self.moments[-1], begun) < QUIET_S:
            time.sleep(0.1)


class Engine:
    """The engine as its author sets it up for speed: every model stays loaded, and BERT is on."""

    def __init__(self, assignment: Assignment):
        import torch

        torch.set_num_threads(assignment.threads)
        if assignment.device == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("the torch in its environment knows no CUDA")
        package = import_module("gsv_tts")
        logging.disable(logging.WARNING)
        self.draws = _forced(import_module("gsv_tts.GPT_SoVITS.GPT.t2s_model"))
        _with_training_section(import_module("gsv_tts.Loader"))
        self.tts = package.TTS(
            models_dir=assignment.folder,
            device="cpu" if assignment.device == "cpu" else None,
            use_bert=True,
            always_load_cnhubert=True,
            always_load_sv=True,
        )
        weights = Path(assignment.weights)
        self.gpt, self.sovits = (str(weights / names[assignment.version]) for names in (GPT, SOVITS))
        self.clips = assignment.clips

    def load(self) -> None:
        self.tts.load_gpt_model(self.gpt)
        self.tts.load_sovits_model(self.sovits)

    def learn(self, number: int) -> None:
        """Prepare the reference clip of this number, of which 0 is spoken with."""
        clip = self.clips[number]
        self.tts.cache_spk_audio(clip, sovits_model=self.sovits)
        self.tts.cache_prompt_audio(clip, texts.reference_text(number), "zh")

    @property
    def decoder(self) -> Any:
        return self.tts.gpt_models[self.gpt].t2s_model

    def stream(self, text: str, tokens: int) -> Iterator[Any]:
        self.draws.limit(tokens)
        return self.tts.infer_stream(*self._reference, text, "zh", "zh", debug=False)

    def sentence(self, text: str) -> None:
        # The first token is lost in this mode, so one more makes as much sound.
        self.draws.limit(texts.TOKENS + 1)
        self.tts.infer(*self._reference, text, "zh", "zh")

    def paragraph(self, sentences: tuple[str, ...]) -> None:
        self.draws.limit(texts.TOKENS + 1)
        self.tts.infer_batched(*self._reference, list(sentences), "zh", "zh", is_cut_text=False)

    @property
    def _reference(self) -> tuple[str, str, str]:
        return self.clips[0], self.clips[0], texts.REFERENCE_TEXT


def _forced(module: Any) -> ForcedDraws:
    module.sample = ForcedDraws(module.sample)
    return module.sample


def _with_training_section(loader: Any) -> None:
    read = loader.load_sovits

    def read_completed(file: str) -> Any:
        content, version = read(file)
        content["config"].setdefault("train", {}).setdefault("segment_size", 20480)
        return content, version

    loader.load_sovits = read_completed


def decoding(assignment: Assignment, outcome: Outcome) -> None:
    engine = Engine(assignment)
    engine.load()
    for rows in (1, texts.BATCH):
        _decode(engine, rows, 10)
        outcome.take(f"ar{rows}", lambda rows=rows: (_decode(engine, rows) for _ in range(assignment.runs)))


def _decode(engine: Engine, rows: int, tokens: int = texts.DECODED_TOKENS) -> float:
    import torch

    device, dtype = engine.tts.tts_config.device, engine.tts.tts_config.dtype
    phones = [torch.randint(1, 300, (texts.PHONES_OF_REFERENCE + texts.PHONES_OF_TEXT,), device=device)] * rows
    prompts = [torch.randint(0, texts.END_TOKEN, (texts.PROMPT_TOKENS,), device=device)] * rows
    bert = [torch.randn(len(phones[0]), 1024, device=device, dtype=dtype)] * rows
    engine.draws.limit(tokens + 1)
    if rows == 1:
        engine.decoder.infer(phones[0][None], prompts[0][None], bert[0][None])
    else:
        engine.decoder.infer_batched(phones, prompts, bert)
    return rate(engine.draws.moments[: tokens + 1], rows)


def speaking(assignment: Assignment, outcome: Outcome) -> None:
    engine, runs = Engine(assignment), assignment.runs
    engine.load()
    engine.learn(0)
    engine.sentence(texts.sentence(0))
    for _ in engine.stream(texts.sentence(0), 60):
        pass
    outcome.take("first_audio_s", lambda: [_first_audio_s(engine, texts.sentence(1 + run)) for run in range(runs)])
    outcome.take("sentence_s", lambda: seconds_each([texts.sentence(8 + run) for run in range(runs)], engine.sentence))
    outcome.take("paragraph_s", lambda: seconds_each([texts.paragraph(1)], engine.paragraph))
    outcome.take("reference_s", lambda: seconds_each(range(1, len(engine.clips))[:runs], engine.learn))
    outcome.take("cancel_steps", lambda: [asyncio.run(_steps_after_leaving(engine)) for _ in range(1)])


def _first_audio_s(engine: Engine, text: str) -> float:
    chunks = engine.stream(text, FIRST_CHUNK_TOKENS + 5)
    taken_s = seconds(lambda: next(chunks))
    for _ in chunks:  # left in the middle, it would blend this sentence into the next
        pass
    return taken_s


async def _steps_after_leaving(engine: Engine) -> int:
    """The tokens that are drawn after a listener has left, as its server has listeners."""
    engine.draws.limit(texts.TOKENS)
    chunks = engine.tts.infer_stream_async(*engine._reference, texts.sentence(18), "zh", "zh", debug=False)
    await anext(chunks)
    before = len(engine.draws.moments)
    await chunks.aclose()
    await asyncio.to_thread(engine.draws.wait_until_done)
    return len(engine.draws.moments) - before


def memory(assignment: Assignment, outcome: Outcome) -> None:
    engine = Engine(assignment)
    outcome.take("load_s", lambda: [seconds(engine.load)])
    engine.learn(0)
    engine.sentence(texts.sentence(0))
    outcome.take("peak_mb", lambda: [peak_mb()])


if __name__ == "__main__":
    run_program({"decoding": decoding, "speaking": speaking, "memory": memory})
