"""The table behind the desk: what a request changes in it, and what is to be answered."""

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from voice.broker.places import NoSuchPlace, Places
from voice.broker.words import (
    OWNER,
    PROTOCOL,
    Answer,
    ClaimRequest,
    Crashed,
    Finish,
    Note,
    Operation,
    Progress,
    ReportRequest,
    Request,
    fields_of_job,
    is_last,
)
from voice.jobs.delegate import Delegate
from voice.jobs.job import Claim, ClaimLost, Job, NoSuchJob

LEASE_S = 120.0
"""A worker that was not heard for so long has lost its job. A broker that is started anew takes half a minute, a
network that is cut is noticed after 40 s; a dead machine's job waits two minutes, which training does not mind."""
RENEW_SHARE = 0.1
"""Of the lease; workers report every second, and not each time is worth a write to the disk."""
MOST_REMEMBERED = 1000
LONGEST_NOTE = 1 << 16
"""Characters; longer ones are left out, since thousands are kept of each job."""


class Bookkeeping:
    """Belongs to one thread. claims: with the lease of remote workers. before_end: sees each job that completes."""

    def __init__(
        self,
        claims: Delegate,
        places: Places,
        lease_s: float = LEASE_S,
        before_end: Callable[[Job], None] = lambda _: None,
    ):
        self._claims = claims
        self._places = places
        self._lease_s = lease_s
        self._before_end = before_end
        self._applied: dict[tuple[str, int], int] = {}
        self._renewed_s: dict[tuple[str, int], float] = {}
        self._bridged_s = 0.0

    def answer(self, request: Request) -> Answer:
        """Change the table as the request says."""
        if isinstance(request, ClaimRequest):
            return self._claim(request)
        try:
            return self._report(request)
        except ClaimLost:
            self._forget((request.job, request.fence))
            return Answer(answer="lost", fence=request.fence)
        except NoSuchJob as error:
            return Answer(answer="lost", why=str(error))

    def give_back(self, request: Request, answer: Answer) -> None:
        """A job that was handed to a worker which had gone before it heard of it."""
        if answer.job and answer.is_new:
            claims = self._claims.of(OWNER + request.worker, request.device)
            with contextlib.suppress(ClaimLost, NoSuchJob):
                claims.release(claims.as_claim(answer.job["id"], answer.fence))

    def tend(self, ready_s: float) -> None:
        """To be called again and again. ready_s: for how long workers have been able to reach this server.

        Who could not report has not let go of his job, so leases run only while all could report.
        """
        if ready_s > self._lease_s:
            self._claims.recover()
        elif time.monotonic() - self._bridged_s > self._lease_s / 4:
            self.bridge()

    def bridge(self) -> None:
        """Renew what remote workers hold, because they could not."""
        self._claims.keep_all(OWNER)
        self._bridged_s = time.monotonic()

    def waiting(self) -> tuple[int, int, list[str]]:
        """How many jobs wait, the number of the newest, and their kinds."""
        return self._claims.waiting()

    def close(self) -> None:
        self._claims.close()

    def _claim(self, request: ClaimRequest) -> Answer:
        if request.protocol != PROTOCOL:
            return Answer(
                answer="refused",
                why="This worker is of another version than the server: update the older one.",
                why_zh="工作机与服务端版本不一致：请更新较旧的一方。",
            )
        claims = self._claims.of(OWNER + request.worker, request.device)
        # A worker has one job; one that asks although it has one did not hear the answer.
        held = claims.held()
        claim = held or claims.claim(request.kinds)
        if claim is None:
            return Answer(answer="nothing")
        job = fields_of_job(claim.job, self._places.leaving(claim.job.parameters))
        return Answer(answer="job", job=job, fence=claim.fence, lease_s=self._lease_s, is_new=held is None)

    def _report(self, request: ReportRequest) -> Answer:
        claims, key = self._claims.of(OWNER + request.worker, request.device), (request.job, request.fence)
        claim = claims.as_claim(request.job, request.fence)
        is_repeated = request.number <= self._applied.get(key, -1)
        if not is_repeated:
            self._apply(claims, claim, request.operations)
            self._remember(key, request.number)
            if any(is_last(operation) for operation in request.operations):
                self._renewed_s.pop(key, None)
                return Answer(answer="kept", fence=request.fence)
        return Answer(answer="kept", fence=request.fence, is_cancelling=self._keep(claims, claim, key))

    def _apply(self, claims: Delegate, claim: Claim, operations: list[Operation]) -> None:
        notes: list[tuple[str, Mapping[str, Any]]] = []
        for operation in operations:
            if isinstance(operation, Note):
                if len(json.dumps(operation.data)) <= LONGEST_NOTE:
                    notes.append((operation.type, operation.data))
                continue
            if notes:
                claims.note(claim, notes)
                notes = []
            self._apply_one(claims, claim, operation)
        if notes:
            claims.note(claim, notes)

    def _apply_one(self, claims: Delegate, claim: Claim, operation: Operation) -> None:
        if isinstance(operation, Progress):
            claims.report(claim, operation.stage, operation.progress, operation.eta_s)
        elif isinstance(operation, Finish):
            result = operation.result
            with contextlib.suppress(NoSuchPlace):  # told as it came
                result = None if result is None else self._places.arriving(result)
            if operation.state == "completed":
                self._before_end(claim.job)
            claims.finish(claim, operation.state, result, operation.error, operation.error_zh)
        elif isinstance(operation, Crashed):
            claims.crashed(claim, operation.why)
        else:
            claims.release(claim)

    def _keep(self, claims: Delegate, claim: Claim, key: tuple[str, int]) -> bool:
        now_s = time.monotonic()
        if now_s - self._renewed_s.get(key, 0.0) < RENEW_SHARE * self._lease_s:
            return claims.is_cancelling(claim)
        self._renewed_s[key] = now_s
        return claims.renew(claim)

    def _remember(self, key: tuple[str, int], number: int) -> None:
        self._applied[key] = number
        while len(self._applied) > MOST_REMEMBERED:
            self._forget(next(iter(self._applied)))

    def _forget(self, key: tuple[str, int]) -> None:
        self._applied.pop(key, None)
        self._renewed_s.pop(key, None)
