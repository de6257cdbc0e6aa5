"""The studio with its jobs and workers, put together from the settings."""

import asyncio
import logging
import sqlite3
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice.devices import devices_of
from voice.jobs.no_workers import NoWorkers
from voice.jobs.store import JobStore
from voice.jobs.supervisor import IDLE_S, Supervisor
from voice.settings import Settings
from voice.studio.acceptance import UploadLimits
from voice.studio.characters import Characters
from voice.studio.inference import KIND as INFER
from voice.studio.inference import Inference, InferenceSettings
from voice.studio.processing import Processing
from voice.studio.studio import Studio
from voice.studio.training import Training, TrainingSettings
from voice.studio.uploads import Uploads
from voice.task_office import task_office
from voice.tasks.office import Office

if TYPE_CHECKING:
    from voice.remote_work import RemoteWork

log = logging.getLogger("yinliu.jobs")

ROOT = Path(__file__).resolve().parents[1]
QUICK = "quick"
"""The lane of jobs that take seconds."""
WORKER = "voice.work"
"""The module whose command line is a worker's."""


@dataclass(frozen=True)
class Workshop:
    """What the studio's routes need. upload_limits: of one recording."""

    studio: Studio
    jobs: JobStore
    workers: Supervisor
    upload_limits: UploadLimits
    jobs_file: Path
    uploads: Uploads
    tasks: Office
    remote: "RemoteWork | None" = None
    """Where other machines help."""

    async def resume(self) -> None:
        """Go on with what an earlier run of the server has left; without such work no worker is started."""
        await self.tasks.open()
        if self.remote:
            await self.remote.desk.open()
        if await asyncio.to_thread(self._has_work):
            self.workers.wake_all()

    def wake_quick(self) -> None:
        """There is work that must not wait behind a training."""
        self.workers.wake(QUICK)

    def _has_work(self) -> bool:
        self.studio.characters.sweep()
        self.studio.inference.sweep()
        self.uploads.sweep()
        if self.remote:
            self.remote.files.sweep()
        try:
            return self.jobs_file.exists() and self.jobs.has_open()
        except sqlite3.Error as error:  # people talk to this server, too
            log.error("%s cannot be used: %s", self.jobs_file.name, error)
            return False


def workshop(settings: Settings) -> Workshop | None:
    """The studio as configured; None where it is switched off. Nothing is written before there is a character."""
    if not settings.studio.enabled:
        return None
    file = Path(settings.server.data_dir) / "jobs.sqlite"
    jobs, characters = JobStore(file), Characters(Path(settings.studio.work_dir))
    processing = Processing(characters, jobs, _for_processing(settings))
    training = Training(characters, jobs, processing, _for_training(settings))
    inference = Inference(characters, jobs, training, _for_inference(settings))
    devices = devices_of(settings.studio.devices)
    workers = Supervisor(devices, lambda name: _worker(file, name, devices[0]), ROOT, [QUICK])
    if settings.jobs.broker and not settings.jobs.here:
        workers = NoWorkers()
    studio, limits = Studio(characters, jobs, processing, training, inference), _limits(settings)
    uploads = Uploads(characters, limits, studio.put_recording)
    tasks = task_office(settings, jobs, file, workers.wake)
    return _with_help(Workshop(studio, jobs, workers, limits, file, uploads, tasks), settings)


def _with_help(workshop: Workshop, settings: Settings) -> Workshop:
    """Raises BadAddress for a jobs.broker that is none."""
    if not settings.jobs.broker:
        return workshop
    from voice.remote_work import remote_work  # here, so that servers without a broker need no client of one

    return replace(workshop, remote=remote_work(settings, workshop.jobs_file))


def _limits(settings: Settings) -> UploadLimits:
    chosen = settings.studio
    return UploadLimits(int(chosen.upload_mb * (1 << 20)), chosen.recording_s, chosen.upload_hours * 3600)


def _worker(file: Path, name: str, first_device: str) -> list[str]:
    """name: a device, or QUICK for the worker beside that of the first device."""
    worker = [sys.executable, "-m", WORKER, "worker", "--jobs", str(file), "--idle-s", str(IDLE_S)]
    if name == QUICK:
        return [*worker, "--device", first_device, "--name", QUICK, "--kinds", INFER]
    return [*worker, "--device", name, "--except-kinds", INFER]


def _for_training(settings: Settings) -> TrainingSettings:
    studio = settings.studio
    return TrainingSettings(
        Path(settings.server.models_dir),
        studio.model_version,
        studio.use_stale_models,
        settings.tts.text_rules,
        {name: getattr(settings.asr, name) for name in ("engine", "device", "threads")},
    )


def _for_inference(settings: Settings) -> InferenceSettings:
    speaking = {
        "cache": str(Path(settings.server.data_dir) / "cache" / "voices"),
        "text_rules": settings.tts.text_rules,
        "is_exact": settings.tts.exact,
        "top_k": settings.GSV.top_k,
        "seed": settings.GSV.seed,
    }
    return InferenceSettings(Path(settings.server.models_dir), speaking)


def _separator(settings: Settings) -> dict[str, str] | None:
    """What voice.studio.separate.Separator is made of, and where its models lie."""
    chosen = settings.studio
    if not chosen.separator:
        return None
    models = Path(settings.server.models_dir) / "audio-separator"
    return {"program": chosen.separator, "model": chosen.separator_model, "models_dir": str(models)}


def _for_processing(settings: Settings) -> dict[str, object]:
    return {
        "denoiser": settings.studio.denoise_command or settings.studio.denoiser,
        "separator": _separator(settings),
        "max_clip_s": settings.studio.max_clip_s,
        "max_file_s": settings.studio.recording_s,
        "models_dir": settings.server.models_dir,
        "asr": asdict(settings.asr),
    }
