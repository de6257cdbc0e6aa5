"""What the decoding and the vocoding thread may do to a request, and how sound reaches its listener."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch

from tts.gpt_sovits.guard import Expectation
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.request import Listener, Request
from tts.gpt_sovits.semantic.sampling import Sampling
from tts.gpt_sovits.semantic.slots import Prompt
from tts.synthesizer import SynthesisFailed

RATE_HZ = 32000


def request(listener: Any = None, pacing: Pacing | None = None, expected: Expectation | None = None) -> Request:
    nothing: Any = None
    phones = torch.zeros(0, dtype=torch.int64)
    prompt = Prompt(phones, torch.zeros(1024, 0), phones, Sampling(), seed=77)
    expected = expected or Expectation(0, 1500)
    return Request(prompt, phones, nothing, nothing, nothing, expected, 1.0, pacing or Pacing(), listener)


def test_a_chunk_is_due_at_its_cut_or_at_the_end():
    piece = request()
    piece.tokens = list(range(piece.cut.tokens - 1))
    assert not piece.is_due
    piece.tokens.append(0)
    assert piece.is_due
    piece.go_on()
    assert not piece.is_due
    piece.has_ended = True
    assert piece.is_due


def test_it_starts_again_once_with_another_seed():
    piece = request()
    piece.tokens = [1, 2, 3]
    assert piece.start_again()
    assert piece.tokens == []
    assert piece.prompt.seed != 77
    assert 0 <= piece.prompt.seed < 1 << 62
    piece.tokens = [1]
    assert not piece.start_again()
    assert piece.tokens == [1]


def test_it_does_not_start_again_once_it_may_be_heard():
    """Whether it was heard yet has no influence: the same seed shall say the same on a busy machine."""
    piece = request()
    piece.tokens = list(range(piece.cut.tokens))
    assert piece.is_due
    assert not piece.start_again()
    assert len(piece.tokens) == piece.cut.tokens
    assert piece.prompt.seed == 77


def test_the_first_chunk_waits_until_there_is_no_going_back():
    """With so many phones, an end at the twelfth token would be taken for a mistake."""
    piece = request(expected=Expectation(20, 500))
    piece.tokens = list(range(19))
    assert not piece.is_due
    piece.tokens.append(0)
    assert piece.is_due
    assert not piece.start_again()


@dataclass
class Heard:
    chunks: list[bytes] = field(default_factory=list)
    unread_s: list[float] = field(default_factory=list)


@pytest.mark.anyio
async def test_sound_comes_in_its_order_and_what_is_unread_is_counted():
    listener = Listener(asyncio.get_running_loop(), RATE_HZ)
    assert listener.playback.began_at_s is None
    assert listener.playback.silent_at_s <= time.monotonic()
    for duration in (1, 2, 3):
        listener.add(bytes(2 * RATE_HZ * duration))
    listener.finish()
    assert listener.playback.unread_s == pytest.approx(6)
    assert listener.playback.silent_at_s == pytest.approx(time.monotonic() + 6, abs=0.5)
    heard = Heard()
    async for chunk in listener.sound():
        heard.chunks.append(chunk)
        heard.unread_s.append(listener.playback.unread_s)
    assert [len(chunk) / 2 / RATE_HZ for chunk in heard.chunks] == [1, 2, 3]
    assert heard.unread_s == pytest.approx([5, 3, 0])


@pytest.mark.anyio
async def test_a_failure_comes_after_the_sound_before_it():
    listener = Listener(asyncio.get_running_loop(), RATE_HZ)
    listener.add(b"\1\1")
    listener.finish(SynthesisFailed("no more"))
    sound = listener.sound()
    assert await anext(sound) == b"\1\1"
    with pytest.raises(SynthesisFailed, match="no more"):
        await anext(sound)


def test_nobody_is_told_when_the_loop_has_ended():
    async def make() -> Listener:
        return Listener(asyncio.get_running_loop(), RATE_HZ)

    listener = asyncio.run(make())
    listener.add(b"\1\1")
    listener.finish()
