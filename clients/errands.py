"""Work that waits for the server, each in a thread of its own, its results handed back to the worker's thread."""

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from clients.backoff import delays_s
from clients.troubles import ServerTrouble, given_up

log = logging.getLogger("yinliu.client")
T = TypeVar("T")
GIVE_UP_S = 30.0
"""A question is not asked again after so long: its asker has gone on."""


class Errand:
    """One piece of work; after cancel() nothing of it is heard any more."""

    def __init__(self, post: Callable[[Callable[[], None]], None]):
        self._post = post
        self._cancelled = threading.Event()
        self._end: Callable[[], None] = lambda: None

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._end()

    def ended_by(self, end: Callable[[], None]) -> None:
        """What cancel() calls besides, from whatever thread."""
        self._end = end
        if self.is_cancelled:
            end()

    def pause(self, seconds: float) -> bool:
        """Whether the errand goes on afterwards."""
        return not self._cancelled.wait(seconds)

    def report(self, what: Callable[[], None]) -> None:
        """Let the worker call this, unless the errand is cancelled by then."""
        self._post(lambda: None if self.is_cancelled else what())


class Errands:
    """Starts them. post: puts something into the worker's queue."""

    def __init__(self, post: Callable[[Callable[[], None]], None]):
        self._post = post

    def run(
        self, work: Callable[[Errand], T], then: Callable[[T], None], failed: Callable[[ServerTrouble], None]
    ) -> Errand:
        """Do `work` elsewhere, then call one of the two here."""
        errand = Errand(self._post)
        threading.Thread(target=_carry_out, args=(errand, work, then, failed), daemon=True).start()
        return errand


def _carry_out(errand: Errand, work: Callable[[Errand], Any], then: Callable[[Any], None], failed: Any) -> None:
    try:
        result = work(errand)
    except ServerTrouble as error:
        trouble = error
        errand.report(lambda: failed(trouble))
    except Exception as error:  # a defect must not leave the conversation waiting for ever
        log.exception("An errand failed unexpectedly")
        trouble = ServerTrouble(f"The client failed: {error!r}", f"客户端出错：{error!r}")
        errand.report(lambda: failed(trouble))
    else:
        errand.report(lambda: then(result))


def persistently(
    errand: Errand, work: Callable[[], T], told: Callable[[ServerTrouble], None], give_up_s: float = GIVE_UP_S
) -> T:
    """Try again while the server is away or busy. `told` hears of every failure but the one that is raised."""
    waited_s = 0.0
    for delay_s in delays_s():
        try:
            return work()
        except ServerTrouble as error:
            if error.kind not in ("away", "busy"):
                raise
            if waited_s >= give_up_s:
                raise given_up(error, waited_s) from None
            trouble = error
        errand.report(lambda trouble=trouble: told(trouble))
        pause_s = max(delay_s, min(trouble.retry_after_s or 0, 8))
        waited_s += pause_s
        if not errand.pause(pause_s):
            raise trouble
    raise AssertionError("the delays never end")
