"""What a job is, and the states that it goes through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["pending", "running", "interrupted", "completed", "failed", "cancelled", "outdated"]
"""interrupted: its worker died, and another may take it up once more."""
OPEN: tuple[State, ...] = ("pending", "running", "interrupted")
ENDED: tuple[State, ...] = ("completed", "failed", "cancelled", "outdated")
MOST_ATTEMPTS = 2
"""A job found dead is taken up once; work that kills its worker twice would do so for ever."""


@dataclass(frozen=True)
class Job:
    """A row of the table. Times are seconds since 1970; progress is a percentage."""

    id: str
    kind: str
    subject: str
    """What it works on; a subject has one open job at a time."""
    parameters: Mapping[str, Any]
    state: State
    created_s: float
    started_s: float | None = None
    finished_s: float | None = None
    stage: str | None = None
    progress: float = 0.0
    eta_s: float | None = None
    attempts: int = 0
    device: str | None = None
    result: Mapping[str, Any] | None = None
    error: str = ""
    error_zh: str = ""
    is_cancelling: bool = False
    """Somebody has asked for its end."""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def public_state(self) -> str:
        """A job between two workers is waiting, as far as anybody else is concerned."""
        return "pending" if self.state == "interrupted" else self.state


@dataclass(frozen=True)
class Claim:
    """The right to work on a job, until the lease ends or somebody else has taken over."""

    job: Job
    fence: int
    """Rises with every claim of the job; reports under an older one are refused."""


@dataclass(frozen=True)
class JobEvent:
    """Something that happened during a job. type: progress, log, point (of a curve), news, state."""

    number: int
    at_s: float
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)


class JobConflict(Exception):
    """The subject has an open job already, which is `job`."""

    def __init__(self, job: Job):
        super().__init__(f"{job.subject} is busy with another job ({job.kind}, {job.public_state}).")
        self.job = job


class ClaimLost(Exception):
    """The job belongs to another worker now, or has ended; nothing more of it is wanted from this one."""


class NoSuchJob(Exception):
    """There is no job with this id."""
