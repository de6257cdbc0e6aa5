"""A training as its clients know it."""

from dataclasses import dataclass

from voice.jobs.job import Job
from voice.jobs.times import local_time
from voice.studio.folders import CharacterFolder
from voice.studio.models import newest_models


@dataclass(frozen=True)
class TrainingInfo:
    """The state of the newest training, in the words of the original service. progress: percent."""

    character_name: str
    status: str
    current_step: str | None
    progress: float
    started_at: str | None
    completed_at: str | None
    error_message: str | None
    gpt_model_path: str | None
    sovits_model_path: str | None


def info_of(folder: CharacterFolder, job: Job) -> TrainingInfo:
    """Paths are those of today, whatever the weights were called when the training ended."""
    # Work that waits for its turn has been started, as far as clients of the original know.
    status = "running" if job.is_open else job.state
    is_done = status in ("completed", "outdated")
    models = newest_models(folder) if is_done else None
    return TrainingInfo(
        character_name=folder.name,
        status=status,
        current_step=job.stage,
        progress=job.progress,
        started_at=local_time(job.started_s or job.created_s),
        completed_at=local_time(job.finished_s) if is_done else None,
        error_message=job.error_zh or None,
        gpt_model_path=str(models.gpt) if models else None,
        sovits_model_path=str(models.sovits) if models else None,
    )
