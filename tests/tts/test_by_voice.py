"""Two engines as one: who speaks for which voice, at one rate, and what happens when one of them cannot start."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

import audio
from tests.support.recordings import chirp
from tts.by_voice import ByVoice
from tts.resampled import resampled
from tts.synthesizer import Reference, SynthesisFailed, Voice

pytestmark = pytest.mark.anyio
CLONED = Voice("zh", Reference(Path("a.wav"), "一", "zh"))
PLAIN = Voice("zh")


class Toned:
    """Says a chirp of a second in ten parts."""

    def __init__(self, name: str, rate_hz: int, error: Exception | None = None):
        self.name = name
        self.rate_hz = rate_hz
        self.error = error
        self.started: list[Voice] | None = None
        self.said = 0
        self.left_early = 0

    async def start(self, voices: list[Voice]) -> None:
        self.started = voices
        if self.error:
            raise self.error

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[bytes, None]:
        try:
            for part in np.array_split(chirp(1.0, self.rate_hz), 10):
                await asyncio.sleep(0)
                yield audio.to_pcm16(part)
                self.said += 1
        except GeneratorExit:
            self.left_early += 1
            raise

    async def close(self) -> None:
        self.started = None


async def spoken(engine: ByVoice, voice: Voice) -> bytes:
    async with aclosing(engine.speak("你好", voice)) as sound:
        return b"".join([pcm async for pcm in sound])


@pytest.fixture
def pair() -> tuple[Toned, Toned]:
    return Toned("cloning", 32_000), Toned("embedded", 22_050)


async def test_each_voice_has_its_engine_and_all_have_one_rate(pair: tuple[Toned, Toned]):
    cloning, embedded = pair
    both = ByVoice(cloning, embedded)
    await both.start([PLAIN, CLONED])
    assert (cloning.started, embedded.started) == ([CLONED], [PLAIN])
    assert (both.name, both.rate_hz) == ("cloning + embedded", 32_000)
    assert await spoken(both, CLONED) == audio.to_pcm16(chirp(1.0, 32_000))
    assert (cloning.said, embedded.said) == (10, 0)
    plain = audio.from_pcm16(await spoken(both, PLAIN))
    assert (cloning.said, embedded.said) == (10, 10)
    assert len(plain) == pytest.approx(32_000, abs=1)
    expected = audio.resample(chirp(1.0, 22_050), 22_050, 32_000)
    np.testing.assert_allclose(plain[100:31_900], expected[100:31_900], atol=0.005)
    await both.close()
    assert (cloning.started, embedded.started) == (None, None)


@pytest.mark.parametrize("voice", [PLAIN, CLONED])
async def test_who_leaves_early_ends_the_engines_work(pair: tuple[Toned, Toned], voice: Voice):
    both = ByVoice(*pair)
    await both.start([])
    async with aclosing(both.speak("你好", voice)) as sound:
        assert await anext(sound)
    assert sum(engine.left_early for engine in pair) == 1


async def test_an_engine_that_cannot_start_silences_its_own_voices_only(caplog: pytest.LogCaptureFixture):
    both = ByVoice(Toned("cloning", 32_000, SynthesisFailed("no weights", "没有权重")), Toned("embedded", 22_050))
    await both.start([PLAIN])
    assert await spoken(both, PLAIN)
    with pytest.raises(SynthesisFailed, match="no weights") as refused:
        await spoken(both, CLONED)
    assert refused.value.chinese == "没有权重"
    assert "no weights" in caplog.text


async def test_without_the_embedded_voice_it_does_not_start():
    both = ByVoice(Toned("cloning", 32_000), Toned("embedded", 22_050, SynthesisFailed("no espeak")))
    with pytest.raises(SynthesisFailed, match="no espeak"):
        await both.start([PLAIN])


@pytest.mark.parametrize("parts", [1, 3, 400])
async def test_in_however_many_parts_it_comes_the_sound_is_the_same(parts: int):
    async def said() -> AsyncGenerator[bytes, None]:
        for part in np.array_split(chirp(0.5, 22_050), parts):
            yield audio.to_pcm16(part)

    sound = b"".join([pcm async for pcm in resampled(said(), 22_050, 32_000)])
    whole = audio.to_pcm16(audio.resample(chirp(0.5, 22_050), 22_050, 32_000))
    assert len(sound) == pytest.approx(len(whole), abs=4)
    length = min(len(sound), len(whole)) // 2 * 2
    np.testing.assert_allclose(audio.from_pcm16(sound[:length]), audio.from_pcm16(whole[:length]), atol=0.005)


async def test_nothing_said_is_no_sound():
    async def said() -> AsyncGenerator[bytes, None]:
        for part in ():
            yield part

    assert [pcm async for pcm in resampled(said(), 22_050, 32_000)] == []
