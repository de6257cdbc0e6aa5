"""What goes wrong ends one piece with a sentence, and the engine goes on."""

import asyncio
import gc
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.support.speaking import CLIP, VOICE, first_of, refusal, spoken
from tts.gpt_sovits.acoustic.stream import Utterance
from tts.gpt_sovits.decoding import STOPPED, explained
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.reading import Reader
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.settings import EngineSettings
from tts.synthesizer import Reference, SynthesisFailed, Voice

pytestmark = pytest.mark.anyio

TEXT = "今天天气真不错。"
NO_MEMORY = "There was not enough memory on the device to speak this; the engine goes on."
UNFORESEEN = "The voice engine failed on this piece; the server's log says more."
PROCESSOR_LACKS_MEMORY = RuntimeError(
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
    "18014398509481984 bytes. Error code 12 (Cannot allocate memory)"
)


def decoder_of(engine: GPTSoVITS) -> Decoder:
    assert engine._preparation
    return engine._preparation.use(engine._preparation.weights).decoder


def failing(function: Callable, call: int, error: Exception) -> Callable:
    """The function, but for one call, which raises."""
    calls = 0

    def called(*arguments, **options):
        nonlocal calls
        calls += 1
        if calls == call:
            raise error
        return function(*arguments, **options)

    return called


async def heard_until_failure(sound: AsyncGenerator[bytes, None]) -> tuple[bytes, SynthesisFailed | None]:
    heard = b""
    try:
        async with aclosing(sound):
            async for chunk in sound:
                heard += chunk
    except SynthesisFailed as failure:
        return heard, failure
    return heard, None


def seeded(seed: int) -> SpeechOptions:
    return SpeechOptions(seed=seed)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."), NO_MEMORY),
        (PROCESSOR_LACKS_MEMORY, NO_MEMORY),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 99 bytes."), NO_MEMORY),
        (MemoryError(), NO_MEMORY),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), UNFORESEEN),
        (ValueError("not enough values to unpack"), UNFORESEEN),
        (SynthesisFailed("This piece has its own reason."), "This piece has its own reason."),
    ],
    ids=str,
)
def test_each_error_has_a_sentence(error: Exception, sentence: str):
    assert str(explained(error)) == sentence


async def test_want_of_memory_in_a_prefill_ends_one_piece(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    expected = await spoken(engine, TEXT, seeded(1))
    decoder = decoder_of(engine)
    monkeypatch.setattr(decoder, "prefill", failing(decoder.prefill, 2, PROCESSOR_LACKS_MEMORY))
    said = await asyncio.gather(*(spoken(engine, TEXT, seeded(1)) for _ in range(3)), return_exceptions=True)
    assert [str(each) for each in said if isinstance(each, SynthesisFailed)] == [NO_MEMORY]
    assert [each for each in said if isinstance(each, bytes)] == [expected] * 2


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("no memory"), ZeroDivisionError()], ids=repr)
async def test_a_step_that_fails_ends_one_piece(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch, error: Exception):
    expected = [await spoken(engine, TEXT, seeded(seed)) for seed in range(3)]
    decoder = decoder_of(engine)
    monkeypatch.setattr(decoder, "step", failing(decoder.step, 12, error))
    said = await asyncio.gather(*(spoken(engine, TEXT, seeded(seed)) for seed in range(3)), return_exceptions=True)
    failed = [each for each in said if isinstance(each, SynthesisFailed)]
    assert [str(each) for each in failed] == [NO_MEMORY if "memory" in str(error) else UNFORESEEN]
    assert sum(each == other for each, other in zip(said, expected, strict=True)) == 2
    assert await spoken(engine, TEXT, seeded(0)) == expected[0]


async def test_a_decoder_that_always_fails_refuses_everybody_and_recovers(
    engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch
):
    def fail(count: int):
        raise torch.OutOfMemoryError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(decoder_of(engine), "step", fail)
        said = await asyncio.gather(*(refusal(engine, TEXT) for _ in range(10)))
        assert said == [NO_MEMORY] * 10
    assert await spoken(engine, TEXT)


@pytest.mark.parametrize("call", [1, 2])
async def test_a_chunk_that_cannot_be_vocoded_ends_one_piece(
    engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch, call: int
):
    expected = await spoken(engine, TEXT, seeded(1))
    monkeypatch.setattr(Utterance, "speak", failing(Utterance.speak, call, PROCESSOR_LACKS_MEMORY))
    heard, failure = await heard_until_failure(engine.speak(TEXT, VOICE, seeded(1)))
    assert str(failure) == NO_MEMORY
    assert bool(heard) == (call > 1)
    assert await spoken(engine, TEXT, seeded(1)) == expected


async def test_a_text_that_cannot_be_read_ends_one_piece(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "read", failing(Reader.read, 1, KeyError("phone")))
        assert await refusal(engine, "从来没有说过的一句话。") == UNFORESEEN
    assert await spoken(engine, TEXT)


@pytest.mark.parametrize("language", ["klingon", "", "z-h", "中文"])
async def test_a_language_that_nobody_knows_is_named(engine: GPTSoVITS, language: str):
    assert repr(language) in await refusal(engine, voice=Voice(language, VOICE.reference))
    assert VOICE.reference
    reference = Reference(VOICE.reference.audio, "你好", language)
    assert repr(language) in await refusal(engine, voice=Voice("zh", reference))


@pytest.mark.parametrize(
    ("clip", "sentence"),
    [
        (CLIP.with_name("jfk.wav"), "jfk.wav lasts more than 10 s: GPT-SoVITS needs 3 to 10 s."),
        (CLIP.with_name("missing.wav"), "missing.wav cannot be read"),
        (CLIP.with_name("README.md"), "README.md cannot be read"),
    ],
)
async def test_a_clip_that_cannot_be_a_reference_is_named_with_the_rule(engine: GPTSoVITS, clip: Path, sentence: str):
    assert sentence in await refusal(engine, voice=Voice("zh", Reference(clip, "你好。", "zh")))
    assert await spoken(engine, TEXT)


async def test_without_a_reference_it_is_said_where_to_name_one(engine: GPTSoVITS):
    assert "GSV.ref_audio_path" in await refusal(engine, voice=Voice("zh"))


async def test_a_failure_of_a_later_piece_comes_after_the_earlier_ones(
    engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch
):
    decoder = decoder_of(engine)
    options = SpeechOptions(seed=1, cut="cut5")
    first = await spoken(engine, "今天天气真不错。", options)
    monkeypatch.setattr(decoder, "prefill", failing(decoder.prefill, 2, ZeroDivisionError()))
    heard, failure = await heard_until_failure(engine.speak("今天天气真不错。我们去公园吧。明天再说。", VOICE, options))
    assert heard.startswith(first)
    assert str(failure) == UNFORESEEN
    assert await spoken(engine, TEXT)
    assert not engine._threads[0]._lanes
    assert not engine._threads[1]._open


async def test_before_the_start_it_says_so(files):
    engine = GPTSoVITS(EngineSettings(files))
    assert await refusal(engine) == "The voice engine has not been started."
    await engine.close()


@pytest.mark.parametrize(
    ("part", "sentence"),
    [("hubert", "chinese-hubert-base"), ("gpt", "GPT"), ("sovits", "SoVITS")],
)
async def test_a_missing_model_is_named_with_what_gets_it(files, part: str, sentence: str):
    engine = GPTSoVITS(EngineSettings(replace(files, **{part: None}), device="cpu"))
    try:
        with pytest.raises(SynthesisFailed, match=sentence) as refused:
            await engine.start([VOICE])
        assert "python3 start.py models get gpt-sovits" in str(refused.value)
    finally:
        await engine.close()


async def started(make_engine: Callable[..., GPTSoVITS]) -> GPTSoVITS:
    return await asyncio.to_thread(make_engine)


async def test_closing_tells_those_who_listen_and_ends_the_threads(make_engine: Callable[..., GPTSoVITS]):
    engine = await started(make_engine)
    before = {thread for thread in threading.enumerate() if thread.name.startswith("gpt-sovits")}
    listening = [asyncio.create_task(spoken(engine, TEXT * 3, seeded(seed))) for seed in range(12)]
    slow = engine.speak(TEXT * 3, VOICE, seeded(99))
    await first_of(slow)
    await asyncio.wait_for(engine.close(), timeout=10)
    said = await asyncio.wait_for(asyncio.gather(*listening, return_exceptions=True), timeout=10)
    assert {str(each) for each in said if not isinstance(each, bytes)} == {STOPPED}
    _, failure = await asyncio.wait_for(heard_until_failure(slow), timeout=10)
    assert str(failure) == STOPPED
    assert await refusal(engine, TEXT) == STOPPED
    await engine.close()
    threads = engine._decoding, engine._vocoding
    assert not any(thread and thread._thread.is_alive() for thread in threads)
    assert before


async def test_closing_tells_those_whose_piece_is_being_prepared(
    make_engine: Callable[..., GPTSoVITS], monkeypatch: pytest.MonkeyPatch
):
    engine = await started(make_engine)
    reading, closed = threading.Event(), threading.Event()
    read = Reader.read

    def slowly(self: Reader, text: str, language: str):
        reading.set()
        assert closed.wait(20)
        return read(self, text, language)

    monkeypatch.setattr(Reader, "read", slowly)
    waiting = [asyncio.create_task(refusal(engine, f"第{number}句还没有说过的话。")) for number in range(3)]
    assert await asyncio.to_thread(reading.wait, 20)
    await asyncio.wait_for(engine.close(), timeout=10)
    closed.set()
    assert await asyncio.wait_for(asyncio.gather(*waiting), timeout=10) == [STOPPED] * 3


async def test_closing_before_the_start_is_nothing(files):
    engine = GPTSoVITS(EngineSettings(files))
    await engine.close()
    assert await refusal(engine) == "The voice engine has not been started."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_loop_that_ends_in_the_midst_of_speech_ends_no_thread(engine: GPTSoVITS):
    """As when a server is torn down without a word to its streams."""
    expected = asyncio.run(spoken(engine, TEXT))
    loop = asyncio.new_event_loop()
    sound = engine.speak(TEXT * 2, VOICE, seeded(1))
    loop.run_until_complete(anext(sound))
    loop.close()
    assert asyncio.run(spoken(engine, TEXT)) == expected
    del sound
    gc.collect()
    assert all(thread._thread.is_alive() for thread in engine._threads)
