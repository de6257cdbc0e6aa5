"""A small voice with random weights, and what it says."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.options import SpeechOptions
from tts.synthesizer import Reference, SynthesisFailed, Voice

CLIP = Path(__file__).parents[1] / "assets" / "aishell.wav"
TRANSCRIPT = "广州市房地产中介协会分析，今天天气真不错，我们一起去。"
"""Longer than what the clip says, since random weights speak on until the clip's tokens and theirs fit all phones."""
VOICE = Voice("zh", Reference(CLIP, TRANSCRIPT, "zh"))
ENGLISH_VOICE = Voice("en", VOICE.reference)
FRAME = 640
"""Samples; two frames are a token."""


async def spoken(engine: GPTSoVITS, text: str, options: SpeechOptions | None = None, voice: Voice = VOICE) -> bytes:
    return b"".join(await chunks(engine, text, options, voice))


async def chunks(
    engine: GPTSoVITS, text: str, options: SpeechOptions | None = None, voice: Voice = VOICE
) -> list[bytes]:
    async with aclosing(engine.speak(text, voice, options or SpeechOptions(seed=1))) as sound:
        return [chunk async for chunk in sound]


async def first_of(sound: AsyncGenerator[bytes, None]) -> bytes:
    return await asyncio.wait_for(anext(sound), timeout=20)


async def refusal(engine: GPTSoVITS, text: str = "你好，世界。", voice: Voice = VOICE) -> str:
    """The sentence with which the engine refuses to speak."""
    try:
        await spoken(engine, text, voice=voice)
    except SynthesisFailed as failure:
        return str(failure)
    raise AssertionError("it spoke")


def frames(pcm: bytes) -> int:
    assert len(pcm) % (2 * FRAME) == 0
    return len(pcm) // (2 * FRAME)
