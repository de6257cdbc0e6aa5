"""Making clips of a character's recordings: started, looked at, cancelled, and when it has become outdated."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from voice.jobs.job import Job
from voice.jobs.store import JobStore
from voice.jobs.times import local_time
from voice.studio.characters import Characters
from voice.studio.folders import CharacterFolder
from voice.studio.recordings import difference, fingerprint

KIND = "process_audio"
CHANGED = "音频文件已变更: "


class NoRecordings(Exception):
    """There is nothing to make clips of."""


@dataclass(frozen=True)
class ProcessingInfo:
    """The state of the newest processing, in the words of the original service. progress: percent."""

    character_name: str
    status: str
    current_step: str | None
    progress: float
    started_at: str | None
    completed_at: str | None
    error_message: str | None
    processed_audio_count: int


class Processing:
    """settings: what every job gets besides its character's own, e.g. where models lie."""

    def __init__(self, characters: Characters, jobs: JobStore, settings: Mapping[str, Any]):
        self._characters = characters
        self._jobs = jobs
        self._settings = settings

    def start(self, name: str) -> ProcessingInfo:
        """Hand in the job. Raises NoSuchCharacter, NoRecordings, JobConflict."""
        with self._characters.changing:
            folder, character = self._characters.folder(name), self._characters.get(name)
            inputs = fingerprint(folder)
            if not inputs:
                raise NoRecordings(name)
            parameters = {
                **self._settings,
                "folder": str(folder.root),
                "name": folder.name,
                "born": character.created_at,
                "inputs": inputs,
                **{key: asdict(character.config)[key] for key in ("language", "enable_denoise")},
            }
            return _info(folder.name, self._jobs.submit(KIND, folder.name, parameters))

    def info(self, name: str) -> ProcessingInfo | None:
        """None when it was never started. Raises NoSuchCharacter."""
        folder = self._characters.folder(name)
        job = self._newest(folder)
        return _info(folder.name, job) if job else None

    def status(self, name: str) -> str:
        """The newest job's state; without a job, what the files say. Raises NoSuchCharacter."""
        info = self.info(name)
        return info.status if info else self.status_by_files(name)

    def status_by_files(self, name: str) -> str:
        """ "completed" when every stage has left something, else "pending". Raises NoSuchCharacter."""
        folder = self._characters.folder(name)
        stages = [folder.converted, folder.sliced]
        if self._characters.get(name).config.enable_denoise:
            stages.append(folder.denoised)
        has_all = bool(fingerprint(folder)) and all(any(stage.glob("*.wav")) for stage in stages)
        transcripts = (file for kind in ("*.list", "*.txt", "*.tsv") for file in folder.transcripts.glob(kind))
        return "completed" if has_all and any(transcripts) else "pending"

    def cancel(self, name: str) -> ProcessingInfo | None:
        """Ask for its end. Raises NoSuchCharacter; None when it was never started."""
        folder = self._characters.folder(name)
        job = self._newest(folder)
        return _info(folder.name, self._jobs.cancel(job.id)) if job else None

    def _newest(self, folder: CharacterFolder) -> Job | None:
        """Completed work is outdated as soon as the recordings differ from those it began with.

        This also finds what was changed while it ran, and what was changed by hand.
        """
        job = self._jobs.latest(folder.name, KIND)
        if job and job.parameters.get("born") != self._characters.get(folder.name).created_at:
            return None  # of an earlier character of this name
        if job and job.state == "completed":
            change = difference(job.parameters["inputs"], fingerprint(folder))
            if change:
                self._jobs.outdate(job.id, CHANGED + change)
                job = self._jobs.get(job.id)
        return job


def _info(name: str, job: Job) -> ProcessingInfo:
    # Work that waits for its turn has been started, as far as clients of the original know.
    status = "running" if job.is_open else job.state
    count = (job.result or {}).get("processed_audio_count")  # a worker elsewhere may say anything
    return ProcessingInfo(
        character_name=name,
        status=status,
        current_step=job.stage,
        progress=job.progress,
        started_at=local_time(job.started_s or job.created_s),
        completed_at=local_time(job.finished_s) if status in ("completed", "outdated") else None,
        error_message=job.error_zh or None,
        processed_audio_count=count if isinstance(count, int) else 0,
    )
