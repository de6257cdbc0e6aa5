"""Many listeners at once: nobody's sound depends on who else is there, leaves, or does not listen."""

import asyncio
import random
import threading
from collections.abc import Callable
from contextlib import aclosing
from functools import cache

import pytest

from tests.support.speaking import ENGLISH_VOICE, VOICE, first_of, spoken
from tests.support.waiting import until_async
from tts.gpt_sovits import scheduler
from tts.gpt_sovits.engine import GPTSoVITS
from tts.gpt_sovits.options import SpeechOptions
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.semantic.decoder import Decoder, Drawn
from tts.synthesizer import Voice

pytestmark = pytest.mark.anyio

TEXTS = ["天气不错。", "我们去公园吧。", "Nice to meet you.", "好久不见，你好吗？"]
SMALL = Pacing(windows=(20, 36), look_aheads=(2, 3))
"""Several chunks, so that there are moments at which to leave."""


def saying(number: int) -> tuple[str, SpeechOptions, Voice]:
    """Another text, seed and way of sampling for each number."""
    text = TEXTS[number % len(TEXTS)]
    options = SpeechOptions(seed=number, top_k=[15, 5, 1025][number % 3], temperature=1.0, pacing=SMALL)
    return text, options, VOICE if number % 4 != 2 else ENGLISH_VOICE


def decoder_of(engine: GPTSoVITS) -> Decoder:
    assert engine._preparation
    return engine._preparation.use(engine._preparation.weights).decoder


async def left_after(engine: GPTSoVITS, number: int, chunks: int) -> None:
    """Listen to so many chunks, then close the iterator."""
    text, options, voice = saying(number)
    async with aclosing(engine.speak(text, voice, options)) as sound:
        for _ in range(chunks):
            await anext(sound, None)


async def cancelled_after(engine: GPTSoVITS, number: int, delay_s: float) -> None:
    """Be cancelled as a task, wherever it may be."""
    text, options, voice = saying(number)
    task = asyncio.create_task(spoken(engine, text, options, voice))
    await asyncio.sleep(delay_s)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(scope="module")
def alone(engine: GPTSoVITS) -> Callable[[int], bytes]:
    """What each number says when nobody else is there."""
    return cache(lambda number: asyncio.run(spoken(engine, *saying(number))))


@pytest.mark.parametrize("seed", range(2))
async def test_of_sixteen_streams_half_leave_and_the_others_sound_as_if_alone(
    engine: GPTSoVITS, alone: Callable[[int], bytes], seed: int
):
    """The engine has eight rows, so half of them wait at first. Equal to the last bit, as the compiled step is."""
    source = random.Random(seed)
    leaving = set(source.sample(range(16), 8))
    staying = [number for number in range(16) if number not in leaving]

    def leave(number: int):
        if source.random() < 0.5:
            return left_after(engine, number, source.randrange(4))
        return cancelled_after(engine, number, source.random() * 0.5)

    said = [spoken(engine, *saying(number)) if number in staying else leave(number) for number in range(16)]
    together = await asyncio.wait_for(asyncio.gather(*said), timeout=60)
    for number in staying:
        assert together[number] == await asyncio.to_thread(alone, number), number


async def test_exact_mode_says_the_same_in_company(exact_engine: GPTSoVITS):
    """Here products of several rows are rounded in another order, which changes no token of these."""
    together = await asyncio.gather(*(spoken(exact_engine, *saying(number)) for number in range(4)))
    for number, pcm in enumerate(together):
        assert pcm == await spoken(exact_engine, *saying(number))


async def test_rows_are_shared_by_those_who_need_them_and_no_more(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    decoder = decoder_of(engine)
    step, counts = decoder.step, []

    def counted(count: int) -> Drawn:
        counts.append(count)
        return step(count)

    monkeypatch.setattr(decoder, "step", counted)
    await asyncio.gather(*(spoken(engine, *saying(number)) for number in range(10)))
    assert max(counts) > 1
    assert max(counts) <= len(decoder.slots.lengths) == 8
    assert counts[-1] == 1


class Steps:
    """Lets the decoder take one step at a time."""

    def __init__(self, decoder: Decoder, monkeypatch: pytest.MonkeyPatch):
        self._step = decoder.step
        self._permits = threading.Semaphore(0)
        self.counts: list[int] = []
        """Of the rows of each step."""
        self.is_free = False
        monkeypatch.setattr(decoder, "step", self._permitted)

    def _permitted(self, count: int) -> Drawn:
        assert self.is_free or self._permits.acquire(timeout=20)
        self.counts.append(count)
        return self._step(count)

    async def take(self, steps: int = 1) -> None:
        wanted = len(self.counts) + steps
        self._permits.release(steps)
        await until_async(lambda: len(self.counts) >= wanted)

    def free(self) -> None:
        self.is_free = True
        self._permits.release()


async def test_who_leaves_is_out_of_the_batch_at_the_next_step_but_one(
    engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch
):
    """At most one step, which had been begun, is still made for the row."""
    steps = Steps(decoder_of(engine), monkeypatch)
    leaving, staying = (asyncio.create_task(spoken(engine, *saying(number))) for number in (1, 5))
    try:
        while not steps.counts or steps.counts[-1] < 2:
            await steps.take()
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        await steps.take(2)
        assert steps.counts[-1] == 1
    finally:
        steps.free()
    monkeypatch.undo()
    assert await staying == await spoken(engine, *saying(5))


async def test_who_leaves_while_waiting_never_enters(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    decoder = decoder_of(engine)
    steps, prefill, prompts = Steps(decoder, monkeypatch), decoder.prefill, []
    monkeypatch.setattr(decoder, "prefill", lambda row, prompt: (prompts.append(prompt.seed), prefill(row, prompt)))
    speaking = asyncio.create_task(spoken(engine, *saying(100)))
    try:
        await steps.take()
        waiting = asyncio.create_task(spoken(engine, *saying(101)))
        decoding = engine._threads[0]
        await until_async(
            lambda: bool(decoding._arrived or any(lane.waiting for lane in list(decoding._lanes.values())))
        )
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    finally:
        steps.free()
    assert await speaking
    assert prompts == [100]


async def test_a_listener_who_takes_nothing_holds_nobody_up(engine: GPTSoVITS, monkeypatch: pytest.MonkeyPatch):
    """Its row is free once its tokens are drawn; its sound waits, at first as sound and beyond a bound as tokens."""
    monkeypatch.setattr(scheduler, "LONGEST_UNREAD_S", 0.5)
    expected = await spoken(engine, *saying(3))
    text, options, voice = saying(3)
    sound = engine.speak(text, voice, options)
    first = await first_of(sound)
    assert all(await asyncio.gather(*(spoken(engine, *saying(number)) for number in (1, 5, 9))))
    vocoding = engine._threads[1]
    ((request, _),) = vocoding._open.values()
    assert request.has_ended
    assert 0.5 <= request.listener.playback.unread_s < 1.0
    assert request.listener.sent_s < len(expected) / 64000 - 0.3
    rest = [chunk async for chunk in sound]
    assert first + b"".join(rest) == expected
    assert not vocoding._open


async def test_a_listener_who_never_comes_back_leaves_nothing_behind(engine: GPTSoVITS):
    sound = engine.speak(*(saying(3)[0], saying(3)[2], saying(3)[1]))
    await first_of(sound)
    await sound.aclose()
    assert await spoken(engine, *saying(1))
    assert not engine._threads[1]._open
    assert not engine._threads[0]._lanes


async def test_a_newcomer_is_heard_before_those_who_are_provided_for(engine: GPTSoVITS):
    """With eight long sentences under way, a ninth gets its first sound before they have all of theirs."""
    long = "今天天气真不错，我们一起去公园散步，然后再去吃饭，最后一起回家看书学习。"
    heard: list[str] = []

    async def listen(name: str, text: str, seed: int) -> None:
        async with aclosing(engine.speak(text, VOICE, SpeechOptions(seed=seed, pacing=SMALL))) as sound:
            await first_of(sound)
            heard.append(f"{name} begins")
            async for _ in sound:
                pass
            heard.append(f"{name} ends")

    tasks = [asyncio.create_task(listen(f"old {number}", long, number)) for number in range(4)]
    await until_async(lambda: len(heard) == 4)
    await asyncio.gather(listen("new", "你好，朋友。", 50), *tasks)
    assert heard.index("new begins") < min(heard.index(f"old {number} ends") for number in range(4))
