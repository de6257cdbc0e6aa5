"""Other weights while somebody is speaking, and voices whose reference cannot be used."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.speaking import VOICE, first_of, spoken
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.files import GPTSoVITSFiles
from tts.gpt_sovits.loading import Weights
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.random_weights import write_acoustic, write_semantic
from tts.synthesizer import Reference, SynthesisFailed

pytestmark = pytest.mark.anyio
TEXT = "今天天气真不错，我们一起去公园散步，好不好呀？"
MakeEngine = Callable[..., GPTSoVITS]


@pytest.fixture(scope="module")
def own_engine(make_engine: MakeEngine) -> GPTSoVITS:
    """One that other files do not use; each test leaves the weights as they were."""
    return make_engine()


@pytest.fixture
def other_weights(tmp_path: Path) -> Weights:
    write_semantic(tmp_path / "other.ckpt", "tiny", seed=5)
    write_acoustic(tmp_path / "other.pth", "v2", "tiny", seed=5)
    return Weights(tmp_path / "other.ckpt", tmp_path / "other.pth")


async def test_who_speaks_goes_on_with_the_weights_begun_with(
    own_engine: GPTSoVITS, files: GPTSoVITSFiles, other_weights: Weights
):
    before = await spoken(own_engine, TEXT)
    async with aclosing(own_engine.speak(TEXT, VOICE, SpeechOptions(seed=1))) as sound:
        begun = await first_of(sound)
        await own_engine.use(other_weights)
        assert begun + b"".join([chunk async for chunk in sound]) == before
    after = await spoken(own_engine, TEXT)
    assert after != before
    assert files.gpt
    assert files.sovits
    await own_engine.use(Weights(files.gpt, files.sovits))
    assert await spoken(own_engine, TEXT) == before


async def test_weights_that_cannot_be_read_change_nothing(own_engine: GPTSoVITS, tmp_path: Path):
    before = await spoken(own_engine, TEXT)
    (tmp_path / "torn.ckpt").write_bytes(b"PK\x03\x04")
    with pytest.raises(SynthesisFailed, match=r"torn\.ckpt") as refused:
        await own_engine.use(Weights(tmp_path / "torn.ckpt", tmp_path / "torn.pth"))
    assert refused.value.chinese != str(refused.value)
    assert await spoken(own_engine, TEXT) == before


async def test_the_main_voice_speaks_for_a_mood_whose_clip_cannot_be_used(
    own_engine: GPTSoVITS, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "torn.wav").write_bytes(b"RIFF")
    happy = replace(VOICE, reference=Reference(tmp_path / "torn.wav", "太好了！", "zh"))
    await own_engine._prepare_or_replace(happy, VOICE)
    assert "torn.wav" in caplog.text
    assert await spoken(own_engine, TEXT, voice=happy) == await spoken(own_engine, TEXT)


@pytest.mark.long
async def test_a_second_attempt_is_the_same_in_a_crowd(own_engine: GPTSoVITS):
    """Whether tokens are taken back is decided by how many there are, not by how far their sound is."""
    texts = ["Nice to meet you, my friend, how are you?", "今天天气真不错，我们一起去公园散步，好不好呀？"] * 4
    alone = [await spoken(own_engine, text, SpeechOptions(seed=seed)) for seed, text in enumerate(texts)]
    for _ in range(3):
        together = await asyncio.gather(
            *(spoken(own_engine, text, SpeechOptions(seed=seed)) for seed, text in enumerate(texts))
        )
        assert together == alone
