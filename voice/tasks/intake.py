"""Requests become jobs, once each, however often a broker delivers their message."""

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from voice.jobs.job import Job, NoSuchJob
from voice.jobs.store import JobStore
from voice.tasks.requests import TaskRequest
from voice.tasks.types import TaskType

KEPT_JOBS = 500
"""Of each type; the oldest ended ones are forgotten."""
SAME_WITHIN_S = 60.0
"""A repeated delivery of a message without an id counts as the same so long after its job has ended."""
_OURS = uuid.UUID("6f6b3b1e-2f1c-4c39-9d0b-0a6c1d9b7d5e")


class QueueFull(Exception):
    """So many tasks of this type are waiting that another one is not taken."""


class NotPublished(Exception):
    """The broker has not taken the start message; the message is a sentence that says why."""


class Intake:
    """settings: what every job gets besides its request. is_followed: whether its news are to be announced."""

    def __init__(self, jobs: JobStore, settings: Mapping[str, Any], most_waiting: int, is_followed: bool):
        self._jobs = jobs
        self._settings = settings
        self._most_waiting = most_waiting
        self._is_followed = is_followed

    def require_room(self, task: TaskType) -> None:
        """Raises QueueFull."""
        if self._jobs.count_open(task.kind) >= self._most_waiting:
            raise QueueFull(f"{self._most_waiting} tasks of this type are waiting already; try again later.")

    def submit(self, task: TaskType, request: TaskRequest, identity: str = "") -> Job:
        """Hand in the job; one that is known by its identity stays as it is."""
        identity = identity or uuid.uuid4().hex
        subject = f"{task.exchange}:{request.session_id}:{identity[:8]}"  # no character's name has a colon
        parameters = {**self._settings, "request": request.model_dump()}
        job = self._jobs.submit(task.kind, subject, parameters, identity, self._is_followed)
        self._jobs.forget_older(task.kind, KEPT_JOBS)
        return job

    def identity_of(self, task: TaskType, message_id: str | None, body: bytes, is_redelivered: bool) -> str:
        """The same for every delivery of one message, which need not have an id."""
        if message_id:
            return identity(task, "id", message_id)
        digest = hashlib.sha256(body).hexdigest()
        return _first_free(
            self._find, lambda number: identity(task, "body", f"{digest} {number}"), is_redelivered, time.time()
        )

    def _find(self, known: str) -> Job | None:
        try:
            return self._jobs.get(known)
        except NoSuchJob:
            return None


def identity(task: TaskType, kind: str, name: str) -> str:
    """A job's identity made of a message's."""
    return uuid.uuid5(_OURS, f"{task.exchange} {kind} {name}").hex


def _first_free(
    find: Callable[[str], Job | None], name: Callable[[int], str], is_redelivered: bool, now_s: float
) -> str:
    """Bodies may be equal on purpose, so they are numbered; a repeated one is the last of them, if that is fresh."""
    number, last = 0, None
    while job := find(name(number)):
        number, last = number + 1, job
    is_same = last and (last.is_open or now_s - (last.finished_s or 0) < SAME_WITHIN_S)
    return last.id if last and is_redelivered and is_same else name(number)
