"""The decoding thread with a decoder that says what is written down: admission, guards, second attempts, the end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, repeat

import pytest

from tests.support.scripted_decoder import ScriptedDecoder, ToldListener, requested
from tts.gpt_sovits.decoding import STOPPED, DecodingThread
from tts.gpt_sovits.guard import Expectation
from tts.gpt_sovits.pacing import WHOLE
from tts.gpt_sovits.request import OTHER_SEED, Request

LAGS = pytest.mark.parametrize("lag", [0, 1])
PATIENCE_S = 10


class Decoding:
    """The thread, and the requests that have ended or were refused."""

    def __init__(self, when_told: Callable[[Request], object] = lambda request: None):
        self._ended = threading.Semaphore(0)
        self._when_told = when_told
        self.told: list[tuple[int, int]] = []
        """The seed, and how many tokens there were."""
        self.thread = DecodingThread(self._tell)

    def _tell(self, request: Request) -> None:
        self.told.append((request.prompt.seed, len(request.tokens)))
        self._when_told(request)
        if request.has_ended:
            self._ended.release()

    def say(self, *requests: Request) -> None:
        """Until all of them have ended."""
        for request in requests:
            self.thread.submit(request)
        for _ in requests:
            assert self._ended.acquire(timeout=PATIENCE_S)


@contextmanager
def decoding(when_told: Callable[[Request], object] = lambda request: None) -> Iterator[Decoding]:
    here = Decoding(when_told)
    try:
        yield here
    finally:
        here.thread.close()
        assert not here.thread._thread.is_alive()


def failure_of(listener: ToldListener) -> str:
    assert listener.is_told.wait(PATIENCE_S)
    return str(listener.endings[0])


@LAGS
def test_everybody_gets_exactly_their_own_tokens(lag: int):
    scripts = {
        seed: [100 * seed + place for place in range(length)] for seed, length in enumerate([20, 3, 9, 0, 33, 1, 9, 14])
    }
    decoder = ScriptedDecoder(scripts, rows=3, lag=lag)
    requests = [requested(decoder, seed)[0] for seed in scripts]
    with decoding() as here:
        here.say(*requests)
    assert [request.tokens for request in requests] == list(scripts.values())
    assert decoder.seeds == list(scripts)  # first come, first served
    assert max(decoder.counts) == 3


def test_a_newcomer_is_let_in_while_others_speak():
    decoder = ScriptedDecoder({0: range(60), 1: range(5)}, rows=2)
    requests = [requested(decoder, seed)[0] for seed in (0, 1)]
    with decoding() as here:
        here.say(*requests)
    assert decoder.counts[0] == 1
    assert decoder.counts.count(2) == 6  # five tokens and the end
    assert len(decoder.counts) == 61


def test_two_pairs_of_weights_take_turns():
    decoders = [ScriptedDecoder({0: range(40)}) for _ in range(2)]
    requests = [requested(decoder)[0] for decoder in decoders]
    with decoding() as here:
        here.say(*requests)
    assert [request.tokens for request in requests] == [list(range(40))] * 2


def test_who_makes_sound_is_told_at_each_cut_and_at_the_end():
    decoder = ScriptedDecoder({7: range(40)})
    with decoding(when_told=lambda request: request.go_on()) as here:
        here.say(requested(decoder, 7)[0])
    assert here.told == [(7, 10), (7, 26), (7, 40)]


@LAGS
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (range(11), Expectation(12, 100)),
        (repeat(486), Expectation(0, 1500)),
        ([*range(50), *[1, 2, 3] * 99], Expectation(0, 1500)),
        (count(), Expectation(0, 60)),
    ],
    ids=["empty", "stutter", "pattern", "runaway"],
)
def test_what_goes_wrong_is_tried_again_with_another_seed(wrong, expected: Expectation, lag: int):
    decoder = ScriptedDecoder({5: wrong, 5 ^ OTHER_SEED: range(30)}, lag=lag)
    request, _ = requested(decoder, 5, expected, WHOLE)
    with decoding() as here:
        here.say(request)
    assert request.tokens == list(range(30))
    assert decoder.seeds == [5, 5 ^ OTHER_SEED]


def test_a_second_attempt_is_the_last():
    """Better a short piece than none."""
    decoder = ScriptedDecoder({5: range(3), 5 ^ OTHER_SEED: range(4), 6: count(), 6 ^ OTHER_SEED: count()})
    short, _ = requested(decoder, 5, Expectation(12, 100))
    endless, _ = requested(decoder, 6, Expectation(0, 60), WHOLE)
    with decoding() as here:
        here.say(short, endless)
    assert short.tokens == [0, 1, 2, 3]
    assert endless.tokens == list(range(60))
    assert len(decoder.seeds) == 4


def test_nothing_is_tried_again_once_it_may_be_heard():
    decoder = ScriptedDecoder({6: count()})
    endless, _ = requested(decoder, 6, Expectation(0, 60))
    with decoding() as here:
        here.say(endless)
    assert endless.tokens == list(range(60))
    assert decoder.seeds == [6]


@LAGS
def test_a_second_attempt_leaves_the_others_alone(lag: int):
    decoder = ScriptedDecoder({0: range(80), 1: range(5), 1 ^ OTHER_SEED: range(40), 2: range(70)}, rows=3, lag=lag)
    requests = [requested(decoder, seed, Expectation(10, 100))[0] for seed in range(3)]
    with decoding() as here:
        here.say(*requests)
    assert [len(request.tokens) for request in requests] == [80, 40, 70]


@LAGS
def test_a_step_that_fails_costs_the_last_row_only(lag: int, monkeypatch: pytest.MonkeyPatch):
    decoder = ScriptedDecoder({0: range(60), 1: range(60)}, lag=lag)
    step, fails = decoder.step, iter([False] * 20 + [True])

    def failing_step(rows: int):
        if next(fails, False):
            raise MemoryError
        return step(rows)

    monkeypatch.setattr(decoder, "step", failing_step)
    (first, _), (last, told) = requested(decoder, 0), requested(decoder, 1)
    with decoding() as here:
        here.thread.submit(first)
        here.thread.submit(last)
        assert "not enough memory" in failure_of(told)
        assert here._ended.acquire(timeout=PATIENCE_S)
        here.say(requested(decoder, 0)[0])
    assert first.tokens == list(range(60))
    assert not last.is_wanted


def test_a_thread_that_stumbles_goes_on(monkeypatch: pytest.MonkeyPatch):
    """Such as over a device that has failed for good while a row is moved."""
    decoder = ScriptedDecoder({0: count(), 1: count()})
    monkeypatch.setattr(decoder.slots, "move", lambda source, target: 1 / 0)
    endless = Expectation(0, 1 << 60)
    (first, _), (last, told) = requested(decoder, 0, endless), requested(decoder, 1, endless)
    with decoding() as here:
        here.thread.submit(first)
        here.thread.submit(last)
        while not last.tokens:
            time.sleep(0.001)
        first.is_wanted = False
        assert failure_of(told)
        other = ScriptedDecoder({0: range(20)})
        here.say(requested(other, 0)[0])


def test_a_prefill_that_fails_costs_its_own_request_only():
    decoder = ScriptedDecoder({0: range(30)})  # of another seed it knows nothing
    (fine, _), (bad, told) = requested(decoder, 0), requested(decoder, 9)
    with decoding() as here:
        here.thread.submit(bad)
        here.say(fine)
        assert "the server's log says more" in failure_of(told)
    assert fine.tokens == list(range(30))
    assert not bad.is_wanted


def test_who_is_not_wanted_any_more_is_passed_over():
    decoder = ScriptedDecoder({seed: range(20) for seed in range(4)}, rows=1)
    requests = [requested(decoder, seed)[0] for seed in range(4)]
    requests[1].is_wanted = requests[2].is_wanted = False
    with decoding() as here:
        for request in requests[:3]:
            here.thread.submit(request)
        here.say(requests[3])
        assert here._ended.acquire(timeout=PATIENCE_S)
    assert decoder.seeds == [0, 3]


def test_closing_tells_who_is_decoded_and_who_waits():
    decoder = ScriptedDecoder({seed: count() for seed in range(6)}, rows=2)
    requests = [requested(decoder, seed, Expectation(0, 10**9)) for seed in range(6)]
    with decoding() as here:
        for request, _ in requests:
            here.thread.submit(request)
        while not decoder.counts or decoder.counts[-1] < 2:
            time.sleep(0.001)
    assert {failure_of(listener) for _, listener in requests} == {STOPPED}
    late, listener = requested(decoder)
    here.thread.submit(late)
    assert failure_of(listener) == STOPPED
