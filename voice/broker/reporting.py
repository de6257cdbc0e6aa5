"""How a job far from its server is getting on: what is said about it, in order, and again until the server has it."""

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future

from voice.broker.post import NoAnswer
from voice.broker.words import MOST_OPERATIONS, Answer, Note, Operation, Progress, ReportRequest, Request, is_last
from voice.jobs.job import Claim, ClaimLost

log = logging.getLogger("yinliu.worker")

BEAT_S = 1.0
"""Between two words to the server; a cancellation is heard of as quickly."""
RETRY_S = 0.5
MOST_UNSAID = 2000
"""As many as the server keeps of a job; while it cannot be reached, the oldest lines go first."""

Ask = Callable[[Request], "Future[Answer]"]


class Reporting:
    """Of one claim, from its construction on, on a thread of its own. numbers: rise through a worker's whole life."""

    def __init__(self, ask: Ask, worker: str, device: str, claim: Claim, numbers: Iterator[int]):
        self.is_cancelling = False
        self._ask = ask
        self._about = {"worker": worker, "device": device, "job": claim.job.id, "fence": claim.fence}
        self._numbers = numbers
        self._unsaid: deque[Operation] = deque()
        self._changed = threading.Condition()
        self._is_lost = False
        self._is_over = False
        self._heard_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="reporting", daemon=True)
        self._thread.start()

    @property
    def unheard_s(self) -> float:
        """For how long the server has not said that the job is this worker's."""
        return time.monotonic() - self._heard_s

    @property
    def is_over(self) -> bool:
        """Whether the server has heard the last of it, or wants to hear no more."""
        return self._is_over

    def require(self) -> None:
        """Raises ClaimLost when the job belongs to somebody else."""
        if self._is_lost:
            raise ClaimLost(f"Job {self._about['job']} is no longer this worker's.")

    def say(self, operation: Operation) -> None:
        """Add what has happened; it is sent as soon as possible. Raises ClaimLost."""
        self.require()
        with self._changed:
            last = self._unsaid[-1] if self._unsaid else None
            if isinstance(operation, Progress) and isinstance(last, Progress) and operation.stage in (None, last.stage):
                self._unsaid[-1] = _merged(last, operation)
            else:
                self._unsaid.append(operation)
            if len(self._unsaid) > MOST_UNSAID:
                self._drop_oldest_note()
            self._changed.notify_all()

    def wait_over(self, timeout_s: float) -> bool:
        """Whether the server knows the last of it, after waiting for that."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_over, timeout_s)

    def stop(self) -> None:
        """Say nothing more, even if the server does not know the last of it."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._is_over:
            with self._changed:
                self._changed.wait_for(lambda: self._unsaid or self._is_over, BEAT_S)
                said = list(itertools.islice(self._unsaid, MOST_OPERATIONS))
                for _ in said:
                    self._unsaid.popleft()
            self._send(ReportRequest(**self._about, number=next(self._numbers), operations=said))

    def _send(self, request: ReportRequest) -> None:
        """Until the server has answered; the same number says that it is the same again."""
        was_silent = False
        while not self._is_over:
            try:
                answer = self._ask(request).result()
                break
            except NoAnswer as silence:
                if not was_silent:
                    log.warning("The server cannot be told about the job now (%s); the work goes on.", silence)
                was_silent = True
                time.sleep(RETRY_S)
        else:
            return
        if was_silent:
            log.info("The server hears about the job again.")
        self._take(answer, any(is_last(operation) for operation in request.operations))

    def _take(self, answer: Answer, was_last: bool) -> None:
        with self._changed:
            self._heard_s = time.monotonic()
            self._is_lost = answer.answer != "kept"
            self.is_cancelling = self.is_cancelling or answer.is_cancelling
            self._is_over = self._is_over or self._is_lost or was_last
            self._changed.notify_all()

    def _drop_oldest_note(self) -> None:
        for index, operation in enumerate(self._unsaid):
            if isinstance(operation, Note) and operation.type != "news":
                del self._unsaid[index]
                return


def _merged(earlier: Progress, later: Progress) -> Progress:
    progress = later.progress if later.progress is not None else earlier.progress
    return Progress(stage=earlier.stage, progress=progress, eta_s=later.eta_s)
