"""Routes about background work: what there is, how far it is, and its end."""

import asyncio
import json
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any

from fastapi import APIRouter, Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from voice.api.aside import Aside
from voice.api.errors import ApiError
from voice.api.streams import CountedStream
from voice.jobs.job import Job, NoSuchJob
from voice.jobs.store import JobStore
from voice.jobs.times import local_time

LOOK_EVERY_S = 0.25
MOST_LISTENERS = 64
SEND_TIMEOUT_S = 30


def jobs_routes(store: JobStore, aside: Aside) -> APIRouter:
    """The jobs family, for whoever administers the server."""
    router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])
    listeners = asyncio.Semaphore(MOST_LISTENERS)

    async def find(identity: str) -> Job:
        try:
            return await aside(lambda: store.get(identity))
        except NoSuchJob as error:
            raise ApiError(404, str(error)) from None

    @router.get("")
    async def newest(limit: int = 100) -> list[dict[str, Any]]:
        """The newest jobs first, at most 1,000."""
        jobs = await aside(lambda: store.newest(min(max(limit, 1), 1000)))
        return [shown(job) for job in jobs]

    @router.get("/{identity}")
    async def one(identity: str) -> dict[str, Any]:
        """One job with the end of its log."""
        job = await find(identity)
        return shown(job) | {"log": await aside(lambda: store.log_tail(identity))}

    @router.post("/{identity}/cancel")
    async def cancel(identity: str) -> dict[str, Any]:
        """Ask for its end; a running job stops at its next step, and is ended if it does not."""
        await find(identity)
        return shown(await aside(lambda: store.cancel(identity)))

    @router.get("/{identity}/events", response_class=EventSourceResponse)
    async def events(identity: str, last_event_id: str = Header("")) -> EventSourceResponse:
        """Everything that happens from the beginning, or from Last-Event-ID on; the stream ends with the job."""
        await find(identity)
        is_number = last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19
        after = int(last_event_id) if is_number else 0
        if listeners.locked():
            raise ApiError(503, f"{MOST_LISTENERS} listeners follow jobs already.", code="busy", retry_after_s=5)
        await listeners.acquire()
        story = _story(store, aside, identity, after)
        return CountedStream(story, listeners.release, send_timeout=SEND_TIMEOUT_S)

    return router


def shown(job: Job) -> dict[str, Any]:
    """A job as clients see it; times are local ISO-8601."""
    return {
        "id": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "state": job.public_state,
        "is_cancelling": job.is_cancelling,
        "stage": job.stage,
        "progress": job.progress,
        "eta_s": job.eta_s,
        "attempts": job.attempts,
        "device": job.device,
        "created_at": local_time(job.created_s),
        "started_at": local_time(job.started_s),
        "finished_at": local_time(job.finished_s),
        "result": job.result,
        "error": job.error or None,
        "error_zh": job.error_zh or None,
    }


async def _story(store: JobStore, aside: Aside, identity: str, after: int) -> AsyncGenerator[ServerSentEvent, None]:
    is_over = False
    while True:
        happened = await aside(partial(store.events, identity, after))
        for event in happened:
            after = event.number
            data = json.dumps({"at": local_time(event.at_s), **event.data})
            yield ServerSentEvent(data=data, event=event.type, id=str(event.number), sep="\n")
        if happened:
            continue
        if is_over:
            return
        try:
            # Looked at before the events once more: what the end has brought is not missed.
            is_over = not (await aside(lambda: store.get(identity))).is_open
        except NoSuchJob:
            return
        if not is_over:
            await asyncio.sleep(LOOK_EVERY_S)
