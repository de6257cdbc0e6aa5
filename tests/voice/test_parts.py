"""An engine's way from loading to ready, and the queue in front of the recogniser."""

import asyncio
import threading
import time

import numpy as np
import pytest

from asr.recognizer import Heard
from tests.support.fakes import FakeRecognizer
from voice.hearing import Hearing, TooManyWaiting
from voice.parts import Part, PartUnavailable

pytestmark = pytest.mark.anyio
SAMPLES = np.zeros(1600, np.float32)


async def test_whoever_asks_while_an_engine_loads_waits_for_it():
    part: Part[str] = Part("Voice")
    chosen = []

    async def choose():
        return "engine", ("because", "因为")

    async def start(_: str):
        await asyncio.sleep(0.05)

    loading = asyncio.create_task(part.load(choose, start, lambda p: chosen.append(p.state)))
    with pytest.raises(PartUnavailable, match="still loading"):
        await part.ready(0.01)
    assert await part.ready(1) == "engine"
    assert (part.state, part.note, chosen) == ("ready", ("because", "因为"), ["loading"])
    await loading


async def test_an_absent_or_broken_engine_says_why_at_once():
    absent: Part[str] = Part("Voice")
    broken: Part[str] = Part("Voice")

    async def choose_none():
        return None, ("none is installed", "未安装")

    async def choose():
        return "engine", ("because", "因为")

    async def fail(_: str):
        raise OSError("the file is torn")

    await absent.load(choose_none, fail, lambda _: None)
    await broken.load(choose, fail, lambda _: None)
    for part, state, why in ((absent, "absent", "none is installed"), (broken, "failed", "the file is torn")):
        assert part.state == state
        with pytest.raises(PartUnavailable, match=why):
            await part.ready(1)


class Slow(FakeRecognizer):
    """Counts how many calls run at once, and on which threads."""

    def __init__(self) -> None:
        super().__init__()
        self.running = self.most = 0
        self.threads: set[int] = set()
        self.lengths: list[int] = []

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        self.running += 1
        self.lengths.append(len(samples))
        self.most = max(self.most, self.running)
        self.threads.add(threading.get_ident())
        time.sleep(0.01)
        self.running -= 1
        return Heard(str(len(samples)))


async def test_recognitions_run_one_at_a_time_and_keep_their_results():
    recognizer = Slow()
    hearing = Hearing(recognizer)
    results = await asyncio.gather(*(hearing.transcribe(np.zeros(n, np.float32)) for n in range(1, 21)))
    assert [heard.text for heard in results] == [str(n) for n in range(1, 21)]
    assert recognizer.most == 1
    assert len(recognizer.threads) == 1
    assert hearing.waiting == 0
    await hearing.close()


async def test_a_full_queue_refuses_and_a_place_is_given_back():
    hearing = Hearing(Slow(), waiting_limit=2)
    with hearing.place(), hearing.place():
        with pytest.raises(TooManyWaiting), hearing.place():
            pass
        assert hearing.waiting == 2
    with hearing.place():
        assert hearing.waiting == 1
    assert hearing.waiting == 0
    await hearing.close()


async def test_a_cancelled_recording_is_skipped():
    recognizer = Slow()
    hearing = Hearing(recognizer)
    calls = [asyncio.ensure_future(hearing.transcribe(np.zeros(n, np.float32))) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    calls[1].cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[1], asyncio.CancelledError)
    assert isinstance(results[2], Heard)
    assert recognizer.lengths == [1, 3]
    await hearing.close()
