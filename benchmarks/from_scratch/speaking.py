"""Our engine speaks with what was learnt."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path

import numpy as np

import audio
from benchmarks.from_scratch.speech import Spoken
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.settings import EngineSettings
from tts.synthesizer import Reference, Voice

OPTIONS = {"top_k": 5, "temperature": 0.8}
"""Less chance than for people's voices: this one knows a single way to say a thing."""


def speak(
    files: GPTSoVITSFiles, reference: Spoken, sentences: Sequence[Spoken], folder: Path, done: Callable[[float], None]
) -> list[np.ndarray]:
    """Float samples at 32 kHz, also written as WAV files. Raises SynthesisFailed and what loading does."""
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_speak(files, reference, sentences, folder, done))


async def _speak(
    files: GPTSoVITSFiles, reference: Spoken, sentences: Sequence[Spoken], folder: Path, done: Callable[[float], None]
) -> list[np.ndarray]:
    voice = Voice("en", Reference(reference.sound, reference.text, "en"))
    engine = GPTSoVITS(EngineSettings(files, cache=None))
    sounds = []
    try:
        await engine.start([voice])
        for number, sentence in enumerate(sentences, 1):
            options = SpeechOptions(seed=number, **OPTIONS)
            async with aclosing(engine.speak(sentence.text, voice, options)) as speech:
                pcm = b"".join([chunk async for chunk in speech])
            sounds.append(kept(pcm, folder / sentence.name))
            done(number / len(sentences))
    finally:
        await engine.close()
    return sounds


def kept(pcm: bytes, file: Path) -> np.ndarray:
    file.write_bytes(audio.encode(pcm, GPTSoVITS.rate_hz, "wav"))
    return np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
