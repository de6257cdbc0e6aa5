"""The job that speaks a text in a character's trained voice and leaves a WAV file."""

import asyncio
import wave
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tts.synthesizer import Reference, SynthesisFailed, Voice
from voice.jobs.work import JobFailed, Work
from voice.studio.folders import CharacterFolder, replacing
from voice.studio.refused import Refused
from voice.studio.steps import Step
from voice.studio.usable_devices import usable_devices

OUTPUTS = "inference_output"
"""In the studio's folder, beside that of the characters."""
STAGE = "synthesize"
SECONDS_PER_CHARACTER = 0.25
"""Of speech; good enough to show how far it is."""
SHORT_TEXT = 80
"""Characters that a processor speaks sooner with the plain decoder than it compiles the fast one."""


@dataclass(frozen=True)
class Speech:
    """What is to be spoken. settings: of the voice engine, see `engine_settings`."""

    text: str
    voice: Voice
    output: Path
    settings: Any


def infer(work: Work) -> Mapping[str, Any]:
    """Raises JobFailed, JobCancelled."""
    work.stage(STAGE, 0)
    try:
        (device,) = usable_devices((work.device,), work.log)
        speech = speech_of(work.parameters, device)
        seconds = asyncio.run(speak(speech, Step(work, 0, 100)))
    except (SynthesisFailed, Refused) as failure:
        raise JobFailed(str(failure), failure.chinese) from None
    return {"seconds": round(seconds, 3)}


def output_in(work_dir: Path, parameters: Mapping[str, Any]) -> Path:
    """Where the sound lies once it is complete."""
    return work_dir / OUTPUTS / f"{parameters['id']}.wav"


def output_of(parameters: Mapping[str, Any]) -> Path:
    """The same for the job itself, which knows the folder of the character only."""
    return output_in(Path(parameters["folder"]).parent.parent, parameters)


def speech_of(parameters: Mapping[str, Any], device: str) -> Speech:
    """The job's parameters: folder, id, models_dir, gpt, sovits, text, language, reference, reference_text and
    reference_language, and of the voice engine's settings cache, text_rules, is_exact, top_k, seed.
    """
    folder = CharacterFolder(Path(parameters["folder"])).root
    clip = Reference(folder / parameters["reference"], parameters["reference_text"], parameters["reference_language"])
    voice = Voice(parameters["language"], clip)
    return Speech(parameters["text"], voice, output_of(parameters), engine_settings(parameters, device))


def engine_settings(parameters: Mapping[str, Any], device: str) -> Any:
    """The engine's settings for the character's weights."""
    from tts.gpt_sovits.files import find_gpt_sovits
    from tts.gpt_sovits.options import SpeechOptions
    from tts.gpt_sovits.settings import EngineSettings

    folder, cache = Path(parameters["folder"]), parameters.get("cache")
    return EngineSettings(
        files=find_gpt_sovits(
            Path(parameters["models_dir"]), folder / parameters["gpt"], folder / parameters["sovits"]
        ),
        # Every four clauses: longer pieces are read less well, shorter ones without their melody.
        options=SpeechOptions(top_k=parameters.get("top_k", 15), seed=parameters.get("seed", -1), cut="cut1"),
        rules=parameters.get("text_rules", "default"),
        is_exact=parameters.get("is_exact", False) or (device == "cpu" and len(parameters["text"]) <= SHORT_TEXT),
        device=device,
        cache=Path(cache) if cache else None,
    )


async def speak(speech: Speech, step: Step) -> float:
    """Returns the seconds of sound. Raises SynthesisFailed, JobCancelled."""
    from tts.gpt_sovits.engine import GPTSoVITS

    engine = GPTSoVITS(speech.settings)
    try:
        await engine.start([])
        step.check()
        return await _write(engine, speech, step)
    finally:
        await engine.close()


async def _write(engine: Any, speech: Speech, step: Step) -> float:
    expected_s = max(len(speech.text) * SECONDS_PER_CHARACTER, 1)
    written_s = 0.0
    with replacing(speech.output, "wb") as out, wave.open(out, "wb") as sound:
        sound.setparams((1, 2, engine.rate_hz, 0, "NONE", "not compressed"))
        async with aclosing(engine.speak(speech.text, speech.voice)) as chunks:
            async for chunk in chunks:
                sound.writeframesraw(chunk)
                written_s += len(chunk) / 2 / engine.rate_hz
                step.progress(min(written_s / expected_s, 0.99))
        if not written_s:
            raise SynthesisFailed("There is nothing to say in the text.", "文本里没有可以朗读的内容。")
    return written_s
