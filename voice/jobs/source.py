"""Where a worker's jobs come from, as the worker sees it: the table of this machine, or a server far away."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from voice.jobs.job import Claim, State


class JobSource(Protocol):
    """Claims is one. Whatever is done with a claim that was lost raises ClaimLost, at once or at the next call."""

    def claim(self, kinds: Collection[str], /) -> Claim | None:
        """A job of these kinds; None when there is none now."""
        ...

    def renew(self, claim: Claim, /) -> bool:
        """Keep the job; returns whether somebody has asked for its end."""
        ...

    def is_sure(self, claim: Claim, /) -> bool:
        """Whether nobody else can have been given the job meanwhile; otherwise its child must not go on for now."""
        ...

    def report(
        self, claim: Claim, stage: str | None = None, progress: float | None = None, eta_s: float | None = None
    ) -> object: ...

    def note(self, claim: Claim, events: Iterable[tuple[str, Mapping[str, Any]]], /) -> object: ...

    def finish(
        self,
        claim: Claim,
        state: State,
        result: Mapping[str, Any] | None = None,
        error: str = "",
        error_zh: str = "",
    ) -> object: ...

    def release(self, claim: Claim, /) -> object: ...

    def crashed(self, claim: Claim, why: str, /) -> object: ...

    def recover(self) -> object:
        """Look after jobs that other workers have left, where that is a worker's business."""
        ...

    def recover_own(self) -> object: ...
