"""Voices with weights of their own, side by side in one engine: nobody waits for them, and nothing is mixed up."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.speaking import VOICE, chunks, first_of, refusal, spoken
from tts.gpt_sovits import preparing
from tts.gpt_sovits.base_models import BASE_MODELS
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import find_gpt_sovits
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.random_set import write_random_set
from tts.gpt_sovits.random_weights import write_acoustic, write_semantic
from tts.gpt_sovits.settings import EngineSettings
from tts.synthesizer import Voice, VoiceWeights

pytestmark = pytest.mark.anyio
TEXT = "今天天气真不错，我们一起去公园散步。"
SMALL = SpeechOptions(seed=1, pacing=Pacing(windows=(20, 36), look_aheads=(2, 3)))
MakeEngine = Callable[..., GPTSoVITS]


def own_voice(folder: Path, name: str, version: str = "v2", seed: int = 5) -> Voice:
    """The usual clip, spoken with by weights of one's own."""
    write_semantic(folder / f"{name}-e1.ckpt", "tiny", seed=seed)
    write_acoustic(folder / f"{name}_e1_s1.pth", version, "tiny", seed=seed)  # pyright: ignore[reportArgumentType]
    return replace(VOICE, weights=VoiceWeights(folder / f"{name}-e1.ckpt", folder / f"{name}_e1_s1.pth"))


@pytest.fixture(scope="module")
def own_engine(make_engine: MakeEngine, tmp_path_factory: pytest.TempPathFactory) -> GPTSoVITS:
    """Of v2, with the speaker network at hand that voices of v2ProPlus need."""
    folder = tmp_path_factory.mktemp("both")
    write_random_set(folder, "v2ProPlus", "tiny")
    write_random_set(folder, "v2", "tiny")
    v2 = folder / BASE_MODELS["v2"].gpt, folder / BASE_MODELS["v2"].sovits
    return make_engine(files=find_gpt_sovits(folder, *v2))


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Voice]:
    folder = tmp_path_factory.mktemp("voices")
    return {
        "usual": VOICE,
        "bob": own_voice(folder, "bob", "v2", seed=5),
        "amy": own_voice(folder, "amy", "v2ProPlus", seed=6),
    }


async def test_each_speaks_alone_as_in_company(own_engine: GPTSoVITS, voices: dict[str, Voice]):
    """Versions v2 and v2ProPlus in one batch of listeners: to the last bit what each says by itself."""
    said = [(name, SpeechOptions(seed=seed)) for seed in range(3) for name in voices]
    alone = [await spoken(own_engine, TEXT, options, voices[name]) for name, options in said]
    assert len(set(alone)) == len(said)
    together = await asyncio.gather(*(spoken(own_engine, TEXT, options, voices[name]) for name, options in said))
    assert together == alone


async def test_who_speaks_is_not_held_up_while_another_voice_is_loaded(
    own_engine: GPTSoVITS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The load is held until the usual voice has said several sentences from beginning to end."""
    expected = await spoken(own_engine, TEXT)
    late, begun, may_go_on = own_voice(tmp_path, "late"), threading.Event(), threading.Event()
    load = preparing.load_voice

    def held(*arguments):
        begun.set()
        assert may_go_on.wait(20)
        return load(*arguments)

    monkeypatch.setattr(preparing, "load_voice", held)
    waiting = asyncio.create_task(spoken(own_engine, TEXT, voice=late))
    assert await asyncio.to_thread(begun.wait, 20)
    for _ in range(2):
        assert await spoken(own_engine, TEXT) == expected
    assert not waiting.done()
    may_go_on.set()
    assert await waiting not in (b"", expected)


async def test_weights_that_cannot_be_read_silence_nobody_else(own_engine: GPTSoVITS, tmp_path: Path):
    expected = await spoken(own_engine, TEXT, SMALL)
    torn = own_voice(tmp_path, "torn")
    assert torn.weights
    torn.weights.sovits.write_bytes(b"06not weights")
    gone = replace(VOICE, weights=VoiceWeights(tmp_path / "gone.ckpt", tmp_path / "gone.pth"))
    async with aclosing(own_engine.speak(TEXT, VOICE, SMALL)) as sound:
        first = await first_of(sound)
        assert "torn_e1_s1.pth" in await refusal(own_engine, voice=torn)
        assert "gone.ckpt" in await refusal(own_engine, voice=gone)
        assert first + b"".join([chunk async for chunk in sound]) == expected


async def test_newly_trained_weights_of_the_same_name_speak_next(own_engine: GPTSoVITS, tmp_path: Path):
    voice = own_voice(tmp_path, "ann", seed=7)
    before = await spoken(own_engine, TEXT, voice=voice)
    async with aclosing(own_engine.speak(TEXT, voice, SpeechOptions(seed=1))) as sound:
        first = await first_of(sound)
        own_voice(tmp_path, "ann", seed=8)
        after = await spoken(own_engine, TEXT, voice=voice)
        assert first + b"".join([chunk async for chunk in sound]) == before, "who began with the old ones ends so"
    assert after != before
    assert after == await spoken(own_engine, TEXT, voice=voice)


async def test_who_speaks_when_its_weights_are_let_go_speaks_on(own_engine: GPTSoVITS, tmp_path: Path):
    """The engine keeps three pairs; four others come while one is at it."""
    voice = own_voice(tmp_path, "first", seed=10)
    expected = await spoken(own_engine, TEXT, SMALL, voice)
    async with aclosing(own_engine.speak(TEXT, voice, SMALL)) as sound:
        first = await first_of(sound)
        for number in range(3):
            assert await chunks(own_engine, "你好。", voice=own_voice(tmp_path, f"other{number}", seed=11 + number))
        assert own_engine._preparation
        assert len(own_engine._preparation._loaded._kept) == 3
        assert first + b"".join([chunk async for chunk in sound]) == expected
    assert await spoken(own_engine, TEXT, SMALL, voice) == expected


async def test_an_engine_without_a_voice_of_its_own_speaks_for_those_that_come(files, tmp_path: Path):
    engine = GPTSoVITS(EngineSettings(files, cache=tmp_path / "cache", device="cpu"))
    try:
        await engine.start([Voice("zh")])
        assert "GSV.ref_audio_path" in await refusal(engine, voice=Voice("zh"))
        assert await spoken(engine, TEXT, voice=own_voice(tmp_path, "bob"))
    finally:
        await engine.close()
