"""The worker of one device: takes jobs one after the other and carries each out in a child process."""

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, TextIO

from voice.jobs.alone import Alone
from voice.jobs.attempt import Attempt, Outcome
from voice.jobs.claims import Claims
from voice.jobs.job import Claim, ClaimLost
from voice.jobs.source import JobSource

LEASE_S = 30.0
IDLE_S = 1.0
"""How often the table is looked at when nobody says that there is work."""
TURN_S = 0.1
CANCEL_GRACE_S = 30.0
"""How long a job may take to stop by itself before its processes are ended."""
PREDECESSOR_S = 60.0


class Orders:
    """What the server says through standard input: wake, pause, resume; its end is the server's."""

    def __init__(self, stream: TextIO):
        self.news = threading.Event()
        self.is_paused = False
        self.has_ended = False
        self.woken_at_s = time.monotonic()
        threading.Thread(target=self._follow, args=(stream,), daemon=True).start()

    def _follow(self, stream: TextIO) -> None:
        for line in stream:
            if line.strip() in ("pause", "resume"):
                self.is_paused = line.strip() == "pause"
            else:
                self.woken_at_s = time.monotonic()
            self.news.set()
        self.has_ended = True
        self.news.set()


class Worker:
    """command: what starts a child. cancel_grace_s: see CANCEL_GRACE_S. idle_s: 0 waits for work for ever."""

    def __init__(
        self,
        claims: JobSource,
        kinds: Collection[str],
        command: Sequence[str],
        device: str,
        orders: Orders,
        cancel_grace_s: float = CANCEL_GRACE_S,
        kept_open: Sequence[int] = (),
        idle_s: float = 0.0,
    ):
        self._claims = claims
        self._kinds = kinds
        self._command = command
        self._device = device
        self._orders = orders
        self._cancel_grace_s = cancel_grace_s
        self._kept_open = kept_open
        self._idle_s = idle_s
        self._busy_at_s = 0.0

    def run(self) -> None:
        """Work until the server has gone, or nobody has said for long that there is work."""
        self._claims.recover_own()
        while not self._orders.has_ended and not self._is_needless():
            self._claims.recover()
            if claim := self._claims.claim(self._kinds):
                with contextlib.suppress(ClaimLost):
                    self._carry_out(claim)
                self._busy_at_s = time.monotonic()
            else:
                self._orders.news.wait(IDLE_S)
                self._orders.news.clear()

    def _is_needless(self) -> bool:
        last_s = max(self._busy_at_s, self._orders.woken_at_s)
        return self._idle_s > 0 and time.monotonic() - last_s > self._idle_s

    def _carry_out(self, claim: Claim) -> None:
        attempt = Attempt(self._command, claim, self._device, self._kept_open)
        try:
            self._accompany(attempt, claim)
        except BaseException:
            attempt.kill()
            raise
        if self._orders.has_ended and not attempt.has_ended:
            attempt.kill()
            attempt.outcome()
            self._claims.release(claim)
            return
        outcome = attempt.outcome()
        self._pass_on(attempt, claim)
        self._end(claim, outcome)

    def _accompany(self, attempt: Attempt, claim: Claim) -> None:
        """Pass on what the child says, keep the job, and see to its cancellation, until either side ends."""
        next_renewal_s, kill_at_s, is_paused = time.monotonic(), 0.0, False
        while not attempt.has_ended and not self._orders.has_ended:
            now_s = time.monotonic()
            if now_s >= next_renewal_s:
                next_renewal_s = now_s + 1.0
                if self._claims.renew(claim) and not kill_at_s:
                    attempt.order("cancel")
                    kill_at_s = now_s + self._cancel_grace_s
            if kill_at_s and now_s >= kill_at_s:
                attempt.kill()
            attempt.hold(not self._claims.is_sure(claim))
            if is_paused != self._orders.is_paused:
                is_paused = self._orders.is_paused
                attempt.order("pause" if is_paused else "resume")
            self._pass_on(attempt, claim)
            time.sleep(TURN_S)

    def _pass_on(self, attempt: Attempt, claim: Claim) -> None:
        """All that was said since last time in few transactions: each waits for the disk."""
        notes: list[tuple[str, dict[str, Any]]] = []
        progress: dict[str, Any] = {}
        with contextlib.suppress(queue.Empty):
            while True:
                line = dict(attempt.lines.get_nowait())
                kind = line.pop("type")
                if kind != "progress":
                    notes.append((kind, line))
                elif "stage" in line and progress.get("stage") not in (None, line["stage"]):
                    self._claims.report(claim, **progress)  # no stage is skipped over
                    progress = line
                else:
                    progress |= line
        if progress:
            self._claims.report(claim, **progress)
        if notes:
            self._claims.note(claim, notes)

    def _end(self, claim: Claim, outcome: Outcome) -> None:
        was_cancelled = self._claims.renew(claim)
        if outcome.type == "completed":
            self._claims.finish(claim, "completed", outcome.result)
        elif was_cancelled:
            self._claims.finish(claim, "cancelled")
        elif outcome.type == "crashed":
            self._claims.crashed(claim, outcome.error)
        else:
            why = outcome.error or "It ended without a reason."
            self._claims.finish(claim, "failed", error=why, error_zh=outcome.error_zh)


def run_worker(
    jobs: Path,
    device: str,
    kinds: Collection[str],
    command: Sequence[str],
    orders: TextIO,
    cancel_grace_s: float,
    name: str = "",
    idle_s: float = 0.0,
) -> int:
    """Be the worker of this name, by default the device's, until `orders` ends or there is no work for idle_s.

    Status 1 when another one has the name and stays.
    """
    name = name or device
    alone = Alone(jobs.with_name(f"{jobs.stem}.{name.replace(':', '-')}.lock"))
    heard = Orders(orders)
    if not alone.acquire(PREDECESSOR_S, lambda: not heard.has_ended):
        print(f"Another worker has {name} already.", file=sys.stderr)
        return 1
    claims = Claims(jobs, f"worker of {name}", device, LEASE_S)
    Worker(claims, kinds, command, device, heard, cancel_grace_s, [alone.descriptor], idle_s).run()
    return 0
