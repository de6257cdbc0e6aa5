"""What workers and the server say to each other over the broker, and where on the broker they say it.

The table of jobs is the only truth. A worker asks, the server looks into its table and answers; nothing on the broker
is work, so nothing there can be lost, or be done twice.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from voice.broker.problems import Rejected
from voice.broker.topology import Exchange, Queue
from voice.jobs.job import Job

PROTOCOL = 1
"""Rises when a worker and a server of different versions would misunderstand each other."""
OWNER = "remote worker "
"""What the owners of jobs begin with in the table where they are workers on the broker."""

REQUESTS = Queue("yinliu.jobs")
"""From workers to the server. No quorum queue: what is lost here is asked again within seconds."""
DEAD = "yinliu.jobs.dead"
RUNG = Exchange("yinliu.jobs.rung", "fanout")
"""Tells every worker that there is work. It may be lost: workers ask now and then, too."""
ANSWERS = "yinliu.jobs.worker."
UNUSED_MS = 600_000
LONGEST_BODY = 4 << 20
LONGEST_NAME = 200
MOST_OPERATIONS = 200
"""In one report."""
MOST_KINDS = 200
MOST_DEPTH = 50
"""Of lists and objects in each other: what is nested deeper ends whoever takes it apart."""


def answers_to(worker: str) -> Queue:
    """A worker's own queue, which goes with the worker: so an answer that nobody can hear is noticed."""
    return Queue(f"{ANSWERS}{worker}", is_auto_deleted=True, arguments={"x-expires": UNUSED_MS})


class Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class Progress(Said):
    do: Literal["progress"] = "progress"
    stage: str | None = None
    progress: float | None = None
    eta_s: float | None = None


class Note(Said):
    """A log line, a point of a curve, or other news of the job."""

    do: Literal["note"] = "note"
    type: str
    data: dict[str, Any]


class Finish(Said):
    do: Literal["finish"] = "finish"
    state: Literal["completed", "failed", "cancelled"]
    result: dict[str, Any] | None = None
    error: str = ""
    error_zh: str = ""


class Release(Said):
    do: Literal["release"] = "release"


class Crashed(Said):
    do: Literal["crashed"] = "crashed"
    why: str


Operation = Progress | Note | Finish | Release | Crashed
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Number = Annotated[int, Field(ge=0, lt=1 << 63)]


class ClaimRequest(Said):
    """A worker without work. Asked twice, the answer is the same job, until the worker reports of it."""

    say: Literal["claim"] = "claim"
    protocol: int = PROTOCOL
    worker: Name
    device: Name
    kinds: Annotated[list[Name], Field(max_length=MOST_KINDS)]


class ReportRequest(Said):
    """How a job is getting on; without operations, only that it is. number: rises; the same again is a repetition."""

    say: Literal["report"] = "report"
    worker: Name
    device: Name
    job: Name
    fence: Number
    number: Number
    operations: Annotated[list[Annotated[Operation, Field(discriminator="do")]], Field(max_length=MOST_OPERATIONS)] = []


Request = ClaimRequest | ReportRequest


class Answer(Said):
    """kept: the job is still the worker's. lost: it is not, and nothing more of it is wanted."""

    answer: Literal["job", "nothing", "kept", "lost", "refused"]
    job: dict[str, Any] | None = None
    fence: int = 0
    lease_s: float = 0.0
    is_new: bool = False
    """Whether the job was taken from the table for this very request."""
    is_cancelling: bool = False
    why: str = ""
    why_zh: str = ""


class Ring(Said):
    """There is work of these kinds."""

    say: Literal["ring"] = "ring"
    kinds: list[str]


def to_bytes(said: Said) -> bytes:
    """As JSON that also takes what is no number, and names of files that are no text."""
    return json.dumps(said.model_dump()).encode("ascii")


def request_of(body: bytes) -> Request:
    """Raises Rejected."""
    return _parsed(TypeAdapter(Annotated[Request, Field(discriminator="say")]), body)


def answer_of(body: bytes) -> Answer:
    """Raises Rejected."""
    return _parsed(TypeAdapter(Answer), body)


def ring_of(body: bytes) -> Ring:
    """Raises Rejected."""
    return _parsed(TypeAdapter(Ring), body)


def _parsed(kind: TypeAdapter[Any], body: bytes) -> Any:
    if len(body) > LONGEST_BODY:
        raise Rejected(f"it has {len(body)} bytes")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Rejected("it is not JSON") from None
    if _is_deeper(value, MOST_DEPTH):
        raise Rejected(f"it is nested more than {MOST_DEPTH} deep")
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Rejected(f"{first['msg']:.200}{f' ({where:.100})' if where else ''}") from None


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def fields_of_job(job: Job, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a worker needs to know of a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "parameters": dict(parameters),
        "state": "running",
        "created_s": job.created_s,
        "attempts": job.attempts,
        "device": job.device,
    }


def is_last(operation: Operation) -> bool:
    """Whether nothing can follow it."""
    return isinstance(operation, Finish | Release | Crashed)
