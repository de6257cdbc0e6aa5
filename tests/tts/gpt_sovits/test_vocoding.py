"""The vocoding thread with an utterance that hands its tokens on: which chunks are made, and in which order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.support.scripted_decoder import ToldListener, requested
from tts.gpt_sovits import vocoding
from tts.gpt_sovits.decoding import STOPPED
from tts.gpt_sovits.pacing import Pacing
from tts.gpt_sovits.request import Request
from tts.gpt_sovits.scheduler import Playback
from tts.gpt_sovits.vocoding import VocodingThread

PATIENCE_S = 10
PACING = Pacing(windows=(8, 12), look_aheads=(1, 2))
"""Cuts at 4, 9 (from 3), 13 (from 7), ..."""


class TellingUtterance:
    """Its sound is its tokens, one sample each; what is asked of it is written down."""

    asked: list[tuple[int, int, bool]]
    order: list[int]

    def __init__(self, acoustic, conditions, phones: Tensor, seed: int, speed: float):
        self._seed = seed
        self._spoken = 0

    def speak(self, tokens: Tensor, look_ahead: int, is_last: bool) -> Tensor:
        self.asked.append((len(tokens), look_ahead, is_last))
        self.order.append(self._seed)
        end = len(tokens) if is_last else len(tokens) - look_ahead
        sound = tokens[self._spoken : end] / 32768
        self._spoken = end
        return sound


@pytest.fixture(autouse=True)
def telling(monkeypatch: pytest.MonkeyPatch) -> type[TellingUtterance]:
    TellingUtterance.asked, TellingUtterance.order = [], []
    monkeypatch.setattr(vocoding, "Utterance", TellingUtterance)
    return TellingUtterance


@contextmanager
def vocoder() -> Iterator[VocodingThread]:
    thread = VocodingThread()
    try:
        yield thread
    finally:
        thread.close()
        assert not thread._thread.is_alive()


def heard(listener: ToldListener) -> list[int]:
    return np.frombuffer(b"".join(listener.chunks), "<i2").tolist()


def wait_until_idle(request: Request) -> None:
    end = time.monotonic() + PATIENCE_S
    while request.is_due and not request.has_ended:
        assert time.monotonic() < end
        time.sleep(0.0002)


@settings(max_examples=40)
@given(count=st.integers(0, 40), pauses=st.sets(st.integers(1, 40)), ends_late=st.booleans())
def test_chunks_are_the_same_however_tokens_and_time_come(count: int, pauses: set[int], ends_late: bool):
    """pauses: how many tokens there are when this thread is quicker than the decoder."""
    TellingUtterance.asked = []
    request, listener = requested(None, pacing=PACING)
    with vocoder() as thread:
        for token in range(1, count + 1):
            request.tokens.append(token)
            if request.is_due:
                thread.offer(request)
            if token in pauses:
                wait_until_idle(request)
        if ends_late:
            wait_until_idle(request)
        request.has_ended = True
        thread.offer(request)
        assert listener.is_told.wait(PATIENCE_S)
    assert listener.endings == [None]
    assert heard(listener) == list(range(1, count + 1))
    expected = []
    for cut in PACING.cuts():
        is_last = count < cut.tokens
        if count:
            expected.append((min(count, cut.tokens), cut.look_ahead, is_last))
        if is_last:
            break
    assert TellingUtterance.asked == expected


def test_a_piece_without_tokens_ends_without_sound():
    request, listener = requested(None)
    request.has_ended = True
    with vocoder() as thread:
        thread.offer(request)
        assert listener.is_told.wait(PATIENCE_S)
    assert (listener.chunks, listener.endings) == ([], [None])
    assert not thread._open


def finished(seed: int, tokens: int, playback: Playback) -> tuple[Request, ToldListener]:
    request, listener = requested(None, seed, pacing=PACING)
    request.tokens, request.has_ended = list(range(tokens)), True
    listener.playback = playback
    return request, listener


def test_the_most_urgent_comes_first():
    provided, silent = finished(1, 20, Playback(0, 50, 9, 0)), finished(2, 20, Playback(0, 50, 1, 0))
    with vocoder() as thread:
        with thread._changed:  # so that both are there when it looks
            for request, _ in (provided, silent):
                thread.offer(request)
        assert provided[1].is_told.wait(PATIENCE_S)
    assert TellingUtterance.order == sorted(TellingUtterance.order, reverse=True)
    assert set(TellingUtterance.order) == {1, 2}


def test_a_listener_with_much_unread_waits_without_holding_up_another():
    slow, other = finished(1, 20, Playback(0, 50, 30, 25)), finished(2, 20, Playback(0, 60, 30, 0))
    with vocoder() as thread:
        thread.offer(slow[0])
        thread.offer(other[0])
        assert other[1].is_told.wait(PATIENCE_S)
        assert slow[1].chunks == []
        slow[1].playback = Playback(0, 50, 30, 5)
        thread.look_again()
        assert slow[1].is_told.wait(PATIENCE_S)
    assert heard(slow[1]) == list(range(20))


def test_who_has_left_gets_nothing_and_is_forgotten():
    left, other = finished(1, 20, Playback(0, None, 0, 0)), finished(2, 20, Playback(0, 60, 30, 0))
    left[0].is_wanted = False
    with vocoder() as thread:
        thread.offer(left[0])
        thread.offer(other[0])
        assert other[1].is_told.wait(PATIENCE_S)
        assert not thread._open
    assert left[1].chunks == []


def test_what_fails_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch):
    speak = TellingUtterance.speak

    def fail_for_one(self: TellingUtterance, *arguments) -> Tensor:
        if self._seed == 1:
            raise torch.OutOfMemoryError("no memory")
        return speak(self, *arguments)

    monkeypatch.setattr(TellingUtterance, "speak", fail_for_one)
    bad, fine = (finished(seed, 20, Playback(0, None, 0, 0)) for seed in (1, 2))
    with vocoder() as thread:
        for request, listener in (bad, fine):
            thread.offer(request)
            assert listener.is_told.wait(PATIENCE_S)
        assert not bad[0].is_wanted
        thread.offer(bad[0])  # as the decoding thread may, before it has seen that
        thread.offer(fine[0])
        thread.look_again()
    assert "not enough memory" in str(bad[1].endings[0])
    assert heard(fine[1]) == list(range(20))


def test_closing_tells_those_who_still_wait():
    request, listener = requested(None)
    request.tokens = [1, 2]
    with vocoder() as thread:
        thread.offer(request)
    assert [str(ending) for ending in listener.endings] == [STOPPED]
