"""One text to be spoken as its clients know it: what they ask for, its state, and why it may be refused."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from voice.jobs.job import Job
from voice.jobs.times import local_time
from voice.studio.infer import output_in

FAILED = "推理执行失败"


class NoDefaultCharacter(Exception):
    """Nobody was named, and there is nobody."""


class NotTrained(Exception):
    """The character has no voice of its own, or one that no longer fits its recordings."""


class TooManyWaiting(Exception):
    """More has been asked for than can be spoken soon."""


class NoSuchInference(Exception):
    """There is none of this id."""


@dataclass(frozen=True)
class InferenceRequest:
    """In the original's words; see spoken_like for what None means. output_name: for the download."""

    target_text: str
    character_name: str | None = None
    ref_audio: str | None = None
    ref_text: str | None = None
    ref_language: str | None = None
    target_language: str | None = None
    output_name: str | None = None


@dataclass(frozen=True)
class InferenceInfo:
    """The state of one, in the words of the original service."""

    inference_id: str
    character_name: str
    target_text: str
    status: str
    created_at: str | None
    completed_at: str | None
    output_path: str | None
    error_message: str | None


def info_of(job: Job, work_dir: Path) -> InferenceInfo:
    """Of a job of this kind. work_dir: the studio's, as it is today: people move it."""
    is_done = job.state == "completed"
    error = f"{FAILED}: {job.error_zh}" if job.state == "failed" else job.error_zh
    return InferenceInfo(
        inference_id=str(uuid.UUID(job.id)),
        character_name=character_of(job),
        target_text=job.parameters["text"],
        status="running" if job.is_open else job.state,
        created_at=local_time(job.created_s),
        completed_at=local_time(job.finished_s) if is_done else None,
        output_path=str(output_in(work_dir, job.parameters)) if is_done else None,
        error_message=error or None,
    )


def character_of(job: Job) -> str:
    """By its name of today."""
    return job.subject.partition("/")[0]


def usual_name(info: InferenceInfo) -> str:
    """Of a download, as in the original."""
    return f"{info.character_name}_{info.inference_id[:8]}.wav"
