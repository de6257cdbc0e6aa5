"""Jobs of a server on another machine, for the same Worker that carries out those of a table beside it."""

import concurrent.futures
import itertools
import logging
import math
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from voice.broker.places import NoSuchPlace, Places
from voice.broker.post import NoAnswer, Post
from voice.broker.reporting import Reporting
from voice.broker.words import (
    LONGEST_NAME,
    PROTOCOL,
    Answer,
    ClaimRequest,
    Crashed,
    Finish,
    Note,
    Operation,
    Progress,
    Release,
)
from voice.jobs.job import Claim, ClaimLost, Job, State

log = logging.getLogger("yinliu.worker")

ASK_EVERY_S = 10.0
"""How often a worker without work asks although nobody has rung."""
WAIT_S = 1.0
GIVE_UP_S = 20.0
"""How long a worker that is being stopped tries to tell the server how its job has ended."""
SURE_SHARE = 0.8
"""Of the lease: unheard for longer, a worker must expect that somebody else is being given its job."""

Prepare = Callable[[Claim], Claim]
"""Raises NoSuchPlace for a job that is not for this machine."""
_JOB = TypeAdapter(Job)


class WrongVersion(Exception):
    """The server and this worker do not understand each other; the message is a sentence."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


class RemoteClaims:
    """A JobSource.

    places: this machine's. prepare: adds to a job what its child needs besides. is_shared: the child works in the
    server's own files, so that it must not go on when somebody else may have been given the job. is_wanted: whether
    this worker shall go on.
    """

    def __init__(
        self,
        post: Post,
        worker: str,
        device: str,
        places: Places,
        *,
        prepare: Prepare = lambda claim: claim,
        is_shared: bool = True,
        is_wanted: Callable[[], bool] = lambda: True,
    ):
        self._post = post
        self._worker = worker
        self._device = device
        self._places = places
        self._prepare = prepare
        self._is_shared = is_shared
        self._is_wanted = is_wanted
        self._numbers = itertools.count(1)
        self._asking: concurrent.futures.Future[Answer] | None = None
        self._next_ask_s = 0.0
        self._silence = ""
        self._lease_s = math.inf
        self._held: tuple[tuple[str, int], Reporting] | None = None
        self._kinds: Collection[str] = ()

    def rung(self) -> None:
        """There is work: ask at once. May be called on any thread."""
        self._next_ask_s = 0.0

    def claim(self, kinds: Collection[str]) -> Claim | None:
        """Ask the server. Raises WrongVersion."""
        self._kinds = kinds
        if self._asking is None:
            if time.monotonic() < self._next_ask_s:
                return None
            self._next_ask_s = time.monotonic() + ASK_EVERY_S
            request = ClaimRequest(protocol=PROTOCOL, worker=self._worker, device=self._device, kinds=list(kinds))
            self._asking = self._post.ask(request)
        try:
            answer = self._asking.result(WAIT_S)
        except concurrent.futures.TimeoutError:
            return None  # it is under way; the next call goes on waiting
        except NoAnswer as silence:
            self._asking, self._next_ask_s = None, time.monotonic() + WAIT_S
            self._tell_silence(str(silence))
            return None
        self._asking = None
        self._tell_silence("")
        return self._taken(answer)

    def renew(self, claim: Claim) -> bool:
        """What the server said last: it is told every second that the job goes on."""
        reporting = self._reporting(claim)
        reporting.require()
        return reporting.is_cancelling

    def is_sure(self, claim: Claim) -> bool:
        return not self._is_shared or self._reporting(claim).unheard_s < SURE_SHARE * self._lease_s

    def report(
        self, claim: Claim, stage: str | None = None, progress: float | None = None, eta_s: float | None = None
    ) -> None:
        self._reporting(claim).say(Progress(stage=stage, progress=_finite(progress), eta_s=_finite(eta_s)))

    def note(self, claim: Claim, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for kind, data in events:
            self._reporting(claim).say(Note(type=kind, data=dict(data)))

    def finish(
        self,
        claim: Claim,
        state: State,
        result: Mapping[str, Any] | None = None,
        error: str = "",
        error_zh: str = "",
    ) -> None:
        """Returns when the server knows it."""
        told = None if result is None else self._places.leaving(dict(result))
        assert state in ("completed", "failed", "cancelled")
        self._end(claim, Finish(state=state, result=told, error=error, error_zh=error_zh))

    def release(self, claim: Claim) -> None:
        self._end(claim, Release())

    def crashed(self, claim: Claim, why: str) -> None:
        self._end(claim, Crashed(why=why))

    def recover(self) -> None:
        """The server looks after the jobs of workers that have gone."""

    def recover_own(self) -> None:
        """A worker has a new name each time it is started; the server finds what an earlier one has left."""

    def close(self) -> None:
        """Give back a job that was answered too late to be begun."""
        if self._asking:
            try:
                answer = self._asking.result(WAIT_S)
                claim = self._taken(answer)
            except (NoAnswer, concurrent.futures.TimeoutError, WrongVersion):
                return
            if claim:
                self.release(claim)

    def _taken(self, answer: Answer) -> Claim | None:
        if answer.answer == "refused":
            raise WrongVersion(answer.why, answer.why_zh)
        handed = _job_of(answer)
        if handed is None:
            return None
        self._next_ask_s = 0.0  # where there was one job there may be more
        self._lease_s = answer.lease_s or math.inf
        claim = Claim(replace(handed, parameters={}), answer.fence)
        key = (claim.job.id, claim.fence)
        self._held = (key, Reporting(self._post.ask, self._worker, self._device, claim, self._numbers))
        try:
            if handed.kind not in self._kinds:
                raise NoSuchPlace(f"It was not asked for jobs of the kind {handed.kind!r:.60}.")
            job = replace(handed, parameters=self._places.arriving(handed.parameters))
            return self._prepare(Claim(job, answer.fence))
        except NoSuchPlace as error:
            self.finish(
                claim, "failed", error=f"This worker cannot do it. {error}", error_zh=f"工作机无法执行。{error}"
            )
            return None

    def _end(self, claim: Claim, how: Operation) -> None:
        """Say the last word about a job until it is heard; a worker that is not wanted any more tries for a while."""
        reporting = self._reporting(claim)
        reporting.say(how)
        give_up_s = math.inf
        while not reporting.wait_over(WAIT_S):
            if not self._is_wanted() and give_up_s == math.inf:
                give_up_s = time.monotonic() + GIVE_UP_S
            if time.monotonic() > give_up_s:
                log.error("The server could not be told how the job ended; it will be done again.")
                reporting.stop()
        self._held = None

    def _reporting(self, claim: Claim) -> Reporting:
        if self._held is None or self._held[0] != (claim.job.id, claim.fence):
            raise ClaimLost(f"Job {claim.job.id} is no longer this worker's.")
        return self._held[1]

    def _tell_silence(self, silence: str) -> None:
        """Once when it begins and once when it ends."""
        if silence and not self._silence:
            log.warning("There is no answer from the server yet (%s)", silence)
        elif self._silence and not silence:
            log.info("The server answers.")
        self._silence = silence


def _job_of(answer: Answer) -> Job | None:
    """The job that an answer hands over; None also for what is none, whoever has sent that."""
    if answer.answer != "job" or answer.job is None:
        return None
    try:
        job = _JOB.validate_python(answer.job)
    except ValidationError:
        log.warning("An answer with something that is no job was passed over.")
        return None
    return job if 0 < len(job.id) <= LONGEST_NAME else None


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
