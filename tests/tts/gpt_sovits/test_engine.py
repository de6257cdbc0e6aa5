"""The whole engine over its real threads: what it says, in which chunks, and how options and seeds change it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.sound import loudness, samples
from tests.support.speaking import CLIP, ENGLISH_VOICE, FRAME, TRANSCRIPT, VOICE, chunks, first_of, frames, spoken
from tts.gpt_sovits import loading
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.pacing import WHOLE
from tts.gpt_sovits.semantic.decoder import Decoder
from tts.gpt_sovits.text.cuts import cut_into_pieces
from tts.synthesizer import Reference, Voice

pytestmark = pytest.mark.anyio

CHINESE = "今天天气真不错，我们一起去公园散步吧。"
SHORT = "今天天气真不错。"
ENGLISH = "Hello there, my friend, how are you today?"
SEEDED = SpeechOptions(seed=1)


def decoder_of(engine: GPTSoVITS) -> Decoder:
    assert engine._preparation
    return engine._preparation.use(engine._preparation.weights).decoder


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        (CHINESE, VOICE),
        (ENGLISH, ENGLISH_VOICE),
        ("我用iPhone给Mary打电话。", VOICE),
        ("你好。", VOICE),
        ("Hi.", ENGLISH_VOICE),
        ("二〇二四年3月5日，涨了3.5%！", Voice("auto", VOICE.reference)),
    ],
)
async def test_it_speaks(engine: GPTSoVITS, text: str, voice: Voice):
    pcm = await spoken(engine, text, voice=voice)
    assert 0.4 < frames(pcm) / 50 < 12
    assert loudness(pcm) > 500
    assert abs(samples(pcm)).max() < 32767


async def test_a_longer_text_takes_longer(engine: GPTSoVITS):
    assert len(await spoken(engine, SHORT)) < len(await spoken(engine, CHINESE)) / 1.5


async def test_the_first_chunk_is_out_while_tokens_are_still_being_drawn(
    engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch
):
    """The decoder is held after 15 steps until somebody has heard something."""
    decoder, heard = decoder_of(engine), threading.Event()
    step, steps = decoder.step, 0

    def held_step(count: int):
        nonlocal steps
        steps += 1
        assert steps <= 15 or heard.wait(20)
        return step(count)

    monkeypatch.setattr(decoder, "step", held_step)
    async with aclosing(engine.speak(CHINESE, VOICE, SEEDED)) as sound:
        first = await first_of(sound)
        assert 0.1 < len(first) / 64000 < 0.5
        assert steps <= 16
        heard.set()
        rest = [chunk async for chunk in sound]
    assert steps > 30
    lengths = [len(first), *map(len, rest[:-1])]
    assert lengths == sorted(lengths)


async def test_a_seed_says_the_same_each_time_and_another_says_it_differently(engine: GPTSoVITS):
    once, again, otherwise = [await spoken(engine, SHORT, SpeechOptions(seed=seed)) for seed in (7, 7, 8)]
    assert once == again
    assert once != otherwise
    largest = SpeechOptions(seed=(1 << 62) - 1)
    assert await spoken(engine, SHORT, largest) == await spoken(engine, SHORT, largest)


async def test_without_a_seed_nothing_is_said_twice_alike(engine: GPTSoVITS):
    assert await spoken(engine, SHORT, SpeechOptions()) != await spoken(engine, SHORT, SpeechOptions())


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\n\n", "。", "……", "，。！？", " . ", "😀", "—", "\x00", "\u200b", "--"]
)
@pytest.mark.parametrize("voice", [VOICE, ENGLISH_VOICE], ids=["zh", "en"])
async def test_nothing_to_say_is_no_sound(engine: GPTSoVITS, text: str, voice: Voice):
    assert await spoken(engine, text, voice=voice) == b""


@pytest.mark.parametrize(
    "text", ["\ud800你好。", "你好\x00世界。", "<b>你好</b>&amp;", "你好" * 3 + "\u202e", "ẞ你好ſ。"]
)
async def test_junk_beside_words_is_survived(engine: GPTSoVITS, text: str):
    assert frames(await spoken(engine, text)) > 5


@pytest.mark.parametrize("cut", ["cut0", "cut3", "cut5"])
async def test_pieces_follow_each_other_with_silence_between(engine: GPTSoVITS, cut):
    text = "今天天气真不错，我们去公园吧。明天我们学习，后天休息。好不好呀？"
    pieces = cut_into_pieces(text, "zh", cut)
    options = replace(SEEDED, cut=cut, fragment_interval_s=0.25)
    each = [
        await spoken(engine, piece, replace(options, seed=1 + number, cut="cut0"))
        for number, piece in enumerate(pieces)
    ]
    assert all(each)
    assert await spoken(engine, text, options) == bytes(2 * 8000).join(each)


async def test_no_interval_is_no_silence(engine: GPTSoVITS):
    options = SpeechOptions(seed=3, cut="cut5", fragment_interval_s=0)
    said = await chunks(engine, "今天天气真不错，我们去公园吧。", options)
    assert all(loudness(chunk) > 100 for chunk in said)


async def test_a_piece_without_words_among_others_leaves_no_silence(engine: GPTSoVITS):
    options = replace(SEEDED, cut="cut5")
    alone = await spoken(engine, SHORT, options)
    assert await spoken(engine, "今天天气真不错。……！！", options) == alone


@pytest.mark.parametrize("speed", [0.8, 1.25, 4.0])
async def test_speed_changes_the_length_of_the_same_tokens(engine: GPTSoVITS, speed: float):
    usual = frames(await spoken(engine, SHORT, SEEDED))
    assert frames(await spoken(engine, SHORT, replace(SEEDED, speed=speed))) == int(usual / speed)


async def test_a_voice_says_how_fast_where_no_options_do(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "_settings", replace(engine._settings, options=SEEDED))
    async with aclosing(engine.speak(SHORT, replace(VOICE, speed=2.0))) as sound:
        fast = b"".join([chunk async for chunk in sound])
    assert fast == await spoken(engine, SHORT, replace(SEEDED, speed=2.0))


async def test_in_one_go_it_is_one_chunk(engine: GPTSoVITS):
    said = await chunks(engine, SHORT, replace(SEEDED, pacing=WHOLE))
    assert len(said) == 1
    assert len(said[0]) == len(await spoken(engine, SHORT, SEEDED))


@pytest.mark.parametrize(
    "options",
    [
        SpeechOptions(seed=1, top_k=1),
        SpeechOptions(seed=1, top_k=10**30),
        SpeechOptions(seed=1, temperature=0),
        SpeechOptions(seed=1, temperature=10, top_p=0.01),
        SpeechOptions(seed=1, repetition_penalty=10),
        SpeechOptions(seed=1, repetition_penalty=0.01),
    ],
    ids=str,
)
async def test_options_at_their_ends_are_survived(engine: GPTSoVITS, options: SpeechOptions):
    assert frames(await spoken(engine, SHORT, options)) > 5
    assert await spoken(engine, SHORT, SEEDED)


async def test_without_a_transcript_it_speaks_freely(engine: GPTSoVITS):
    """The timbre remains; what the clip says is not continued."""
    free = Voice("zh", Reference(CLIP, "  ", "zh"))
    said = await spoken(engine, SHORT, voice=free)
    assert 20 < frames(said) < 300
    assert said != await spoken(engine, SHORT)


async def test_a_transcript_in_another_language_than_the_text(engine: GPTSoVITS):
    voice = Voice("en", Reference(CLIP, TRANSCRIPT, "zh"))
    assert frames(await spoken(engine, ENGLISH, voice=voice)) > 30


async def test_extra_references_change_the_timbre_and_missing_ones_are_skipped(engine: GPTSoVITS, tmp_path: Path):
    jfk = CLIP.with_name("jfk.wav")
    alone = await spoken(engine, SHORT)
    both = await spoken(engine, SHORT, voice=replace(VOICE, extra_references=(jfk,)))
    missing = tmp_path / "missing.wav"
    assert len(both) == len(alone)
    assert both != alone
    assert await spoken(engine, SHORT, voice=replace(VOICE, extra_references=(missing,))) == alone
    assert await spoken(engine, SHORT, voice=replace(VOICE, extra_references=(missing, jfk, tmp_path))) == both
    # The mean of a timbre and itself is the same, up to rounding.
    same = samples(await spoken(engine, SHORT, voice=replace(VOICE, extra_references=(CLIP,))))
    assert abs(same - samples(alone)).mean() < 0.02 * loudness(alone)


async def test_in_exact_mode_it_speaks_alike(exact_engine: GPTSoVITS):
    assert type(decoder_of(exact_engine)) is Decoder
    said = await spoken(exact_engine, SHORT)
    assert frames(said) > 30
    assert said == await spoken(exact_engine, SHORT)


async def test_without_numba_torch_decodes(make_engine: Callable[..., GPTSoVITS], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "can_compile", lambda model: False)
    engine = await asyncio.to_thread(make_engine)  # it is started in a loop of its own; it speaks in any
    assert type(decoder_of(engine)) is Decoder
    assert frames(await spoken(engine, SHORT)) > 30
    assert frames(await spoken(engine, ENGLISH, voice=ENGLISH_VOICE)) > 30


def test_it_speaks_in_one_loop_after_another(engine: GPTSoVITS):
    assert asyncio.run(spoken(engine, SHORT)) == asyncio.run(spoken(engine, SHORT))


def test_what_it_is():
    assert (GPTSoVITS.name, GPTSoVITS.rate_hz) == ("gpt-sovits", 32000)
    assert GPTSoVITS.rate_hz == 50 * FRAME
