"""Every route that makes voices."""

from fastapi import FastAPI

from voice.api.aside import Aside
from voice.api.characters import character_routes
from voice.api.clips import clip_routes
from voice.api.downloads import download_routes
from voice.api.inference import inference_routes
from voice.api.job_files import job_files_routes
from voice.api.jobs import jobs_routes
from voice.api.listening import listening_routes
from voice.api.persona import persona_routes
from voice.api.processing import processing_routes
from voice.api.recordings import recording_routes
from voice.api.tasks import task_routes
from voice.api.trained import trained_routes
from voice.api.training import training_routes
from voice.api.transcripts import transcript_routes
from voice.api.uploads import upload_routes
from voice.parts import Parts
from voice.workshop import Workshop


def include_studio_routes(app: FastAPI, workshop: Workshop, aside: Aside, parts: Parts) -> None:
    """aside: where their slow work is done. parts: who speaks, for the personas' warnings."""
    studio, wake = workshop.studio, workshop.workers.wake
    for routes in (
        character_routes(studio, aside),
        download_routes(studio, aside),
        recording_routes(studio, aside, workshop.upload_limits),
        upload_routes(workshop.uploads, aside),
        processing_routes(studio.processing, aside, wake),
        training_routes(studio, aside, wake),
        trained_routes(studio, aside),
        inference_routes(studio.inference, aside, workshop.wake_quick),
        listening_routes(studio, aside),
        clip_routes(studio, aside),
        transcript_routes(studio, aside),
        persona_routes(studio, aside, parts),
        jobs_routes(workshop.jobs, aside),
        task_routes(workshop.tasks),
    ):
        app.include_router(routes)
    if workshop.remote:
        app.include_router(job_files_routes(workshop.remote.files, aside))
