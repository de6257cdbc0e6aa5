"""Measures this project's engine: what it does for a listener, through `start` and `speak`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from benchmarks.gpt_sovits_parts import alone, texts
from benchmarks.gpt_sovits_parts.assignment import Assignment, Outcome, peak_mb, run_program
from benchmarks.gpt_sovits_parts.files import files_for, weights_of
from benchmarks.gpt_sovits_parts.forced import ForcedTokens, force_tokens
from benchmarks.gpt_sovits_parts.timing import seconds, seconds_each
from benchmarks.report import percentile
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.preparing import Preparation
from tts.gpt_sovits.settings import EngineSettings
from tts.synthesizer import Reference, Voice

STREAMS = 16
BATCHED_STREAMS = 64
QUIET_S = 0.3
"""Long enough for any step that was begun to end."""
CANCELLED = 5
OPTIONS = SpeechOptions(seed=1)


class Listening:
    """An engine that is warm, and the voice it speaks in."""

    def __init__(self, engine: GPTSoVITS, voice: Voice, forced: ForcedTokens):
        self.engine = engine
        self.voice = voice
        self.forced = forced

    async def hear(self, text: str, options: SpeechOptions = OPTIONS) -> tuple[float, float]:
        """Seconds until the first sound, and until the last."""
        begun, first_s = time.perf_counter(), 0.0
        async for _ in self.engine.speak(text, self.voice, options):
            first_s = first_s or time.perf_counter() - begun
        return first_s, time.perf_counter() - begun

    async def steps_after_leaving(self, text: str) -> int:
        async with aclosing(self.engine.speak(text, self.voice, OPTIONS)) as sound:
            await anext(sound)
            before = self.forced.steps
        await asyncio.sleep(QUIET_S)
        return self.forced.steps - before


def voice_of(assignment: Assignment, number: int = 0) -> Voice:
    return Voice("zh", Reference(Path(assignment.clips[number]), texts.reference_text(number), "zh"))


@asynccontextmanager
async def listening(assignment: Assignment, rows: int = 8) -> AsyncIterator[Listening]:
    forced = force_tokens(texts.TOKENS)
    settings = EngineSettings(files_for(assignment), rows=rows, device=assignment.device)
    engine, voice = GPTSoVITS(settings), voice_of(assignment)
    await engine.start([voice])
    heard = Listening(engine, voice, forced)
    await heard.hear(texts.sentence(0))
    yield heard
    await engine.close()


def speaking(assignment: Assignment, outcome: Outcome) -> None:
    asyncio.run(_speaking(assignment, outcome))


async def _speaking(assignment: Assignment, outcome: Outcome) -> None:
    runs = assignment.runs
    async with listening(assignment) as heard:
        times = [await heard.hear(texts.sentence(1 + run)) for run in range(2 * runs)]
        outcome.values["first_audio_s"] = [first_s for first_s, _ in times]
        outcome.values["sentence_s"] = [whole_s for _, whole_s in times]
        by_sentence = SpeechOptions(seed=1, cut="cut3")
        paragraphs = ["".join(texts.paragraph(run)) for run in range(1 + runs)]
        whole = [(await heard.hear(text, by_sentence))[1] for text in paragraphs]
        outcome.values["paragraph_s"] = whole[1:]  # the first has the batch's code generated
        left = [await heard.steps_after_leaving(texts.sentence(14 + run)) for run in range(CANCELLED)]
        outcome.values["cancel_steps"] = list(map(float, left))


def reference(assignment: Assignment, outcome: Outcome) -> None:
    """What a clip costs that was never heard before, and its words, when everything that reads them is warm."""
    preparation = Preparation(EngineSettings(files_for(assignment), device=assignment.device))
    preparation.frontend.warm_up(["zh"])
    preparation.voice(voice_of(assignment))
    new = [voice_of(assignment, number) for number in range(1, len(assignment.clips))]
    outcome.take("reference_s", lambda: seconds_each(new[: assignment.runs], preparation.voice))


def streams(assignment: Assignment, outcome: Outcome) -> None:
    asyncio.run(_streams(assignment, outcome))


async def _streams(assignment: Assignment, outcome: Outcome) -> None:
    async with listening(assignment, BATCHED_STREAMS) as heard:
        await _together(heard, STREAMS)
        rounds = [await _together(heard, STREAMS) for _ in range(assignment.runs)]
        outcome.values["first_audio_p95_s"] = [percentile([first_s for first_s, _ in times], 95) for times in rounds]
        begun = time.perf_counter()
        await _together(heard, BATCHED_STREAMS)
        outcome.values["throughput"] = [BATCHED_STREAMS * texts.SPEECH_S / (time.perf_counter() - begun)]


async def _together(heard: Listening, count: int) -> list[tuple[float, float]]:
    return await asyncio.gather(*(heard.hear(texts.sentence(number)) for number in range(count)))


def memory(assignment: Assignment, outcome: Outcome) -> None:
    asyncio.run(_memory(assignment, outcome))


async def _memory(assignment: Assignment, outcome: Outcome) -> None:
    """With every model that speaking takes, and the code for the first sentence generated."""
    async with listening(assignment):
        outcome.take("peak_mb", lambda: [peak_mb()])


def loading(assignment: Assignment, outcome: Outcome) -> None:
    """The two models of a voice, by a process that has imported what it needs."""
    from tts.gpt_sovits.loading import load_voice

    weights = weights_of(assignment)
    outcome.take("load_s", lambda: [seconds(lambda: load_voice(weights, 8, device=assignment.device))])


def bare(assignment: Assignment, outcome: Outcome) -> None:
    """What importing takes, without any model."""
    import numba  # noqa: F401 - the engine imports it
    import torch  # noqa: F401

    outcome.take("bare_mb", lambda: [peak_mb()])


if __name__ == "__main__":
    run_program(
        {
            "speaking": speaking,
            "reference": reference,
            "streams": streams,
            "memory": memory,
            "loading": loading,
            "bare": bare,
            "decoding": alone.decoding,
            "breakdown": alone.breakdown,
            "quality": alone.quality,
        }
    )
