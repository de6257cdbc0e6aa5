"""Work done elsewhere: what comes back, what does not, and how often it is tried."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from clients.errands import Errand, Errands, persistently
from clients.troubles import Kind, ServerTrouble
from tests.support.waiting import until


class Impatient(Errand):
    """Does not wait, and remembers how long it would have; is cancelled after `patience` pauses."""

    def __init__(self, patience: int = 100):
        super().__init__(lambda what: what())
        self.pauses_s: list[float] = []
        self._patience = patience

    def pause(self, seconds: float) -> bool:
        self.pauses_s.append(seconds)
        return len(self.pauses_s) < self._patience


def failing(kind: Kind, times: int, retry_after_s: float | None = None) -> Callable[[], str]:
    left = iter(range(times))

    def work() -> str:
        if next(left, None) is None:
            return "done"
        raise ServerTrouble("It failed.", "失败了。", kind, retry_after_s)

    return work


def test_an_absent_server_is_asked_again_and_again_but_not_for_ever():
    errand, told = Impatient(), []
    assert persistently(errand, failing("away", 4), told.append) == "done"
    assert errand.pauses_s == [0.5, 1, 2, 4]
    assert len(told) == 4
    errand = Impatient()
    with pytest.raises(ServerTrouble, match=r"Given up after 32 s.* It failed\.") as caught:
        persistently(errand, failing("away", 100), told.append)
    assert (caught.value.kind, "放弃" in caught.value.chinese) == ("away", True)
    assert errand.pauses_s == [0.5, 1, 2, 4, 8, 8, 8]


def test_a_busy_server_names_the_time_and_a_refusal_is_final():
    errand = Impatient()
    assert persistently(errand, failing("busy", 2, 3.0), lambda _: None) == "done"
    assert errand.pauses_s == [3, 3]
    for kind in ("token", "no_recogniser", "refused", "broken"):
        errand = Impatient()
        with pytest.raises(ServerTrouble):
            persistently(errand, failing(kind, 1), lambda _: None)
        assert errand.pauses_s == []


def test_a_cancelled_errand_tries_no_more():
    errand = Impatient(patience=1)
    with pytest.raises(ServerTrouble):
        persistently(errand, failing("away", 5), lambda _: None)
    assert errand.pauses_s == [0.5]


def test_results_and_failures_come_back_to_the_worker():
    posted: deque[Callable[[], None]] = deque()
    errands, came = Errands(posted.append), []

    def fail(_: Errand) -> Any:
        raise ServerTrouble("It failed.")

    def stumble(_: Errand) -> Any:
        raise KeyError("a defect")

    for work in (lambda _: 1, fail, stumble):
        errands.run(work, came.append, lambda trouble: came.append(trouble.english))
        until(lambda: posted, "something is posted")
        assert posted[0].__name__ == "<lambda>"
        posted.popleft()()
    assert came == [1, "It failed.", "The client failed: KeyError('a defect')"]


def test_nothing_of_a_cancelled_errand_is_heard_even_if_it_was_posted_before():
    posted: deque[Callable[[], None]] = deque()
    errands, came, ended = Errands(posted.append), [], threading.Event()
    errand = errands.run(lambda _: 1, came.append, came.append)
    until(lambda: posted, "the result is posted")
    errand.cancel()
    posted.popleft()()
    assert came == []
    errand.ended_by(ended.set)
    assert ended.is_set(), "what would have ended it is called at once"
