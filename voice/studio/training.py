"""Training a character's voice: started, looked at, cancelled, cleaned away, and when it has become outdated."""

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tts.gpt_sovits.config import Version
from voice.jobs.job import Job, JobConflict
from voice.jobs.store import JobStore
from voice.studio.base_weights import base_weights, require_discriminators, require_weights
from voice.studio.characters import Character, Characters
from voice.studio.folders import CharacterFolder
from voice.studio.ledger import key_of
from voice.studio.models import PICKED, models_in, newest_models
from voice.studio.processing import CHANGED, Processing
from voice.studio.recordings import difference, fingerprint
from voice.studio.refused import Refused
from voice.studio.training_configs import S1_FILE, S2_FILE
from voice.studio.training_info import TrainingInfo, info_of
from voice.studio.training_plan import digest_of, kept_lines, write_list
from voice.studio.training_record import forget_published
from voice.studio.training_report import FILE as REPORT_FILE
from voice.studio.training_room import bytes_needed, require_room
from voice.studio.training_steps import FUNCTIONS, StepFunction, require_steps
from voice.studio.transcripts import Line

KIND = "train"
CLIPS_CHANGED = "训练数据已变更: 训练开始之后片段或文本被修改"
TABLES = ("2-name2text.txt", "6-name2semantic.tsv")
_OF_THE_CHARACTER = ("language", "batch_size", "epochs_s2", "epochs_s1", "gpu_id")


class NotProcessed(Exception):
    """A training needs clips of all recordings, as they are now."""


@dataclass(frozen=True)
class TrainingSettings:
    """What every training gets besides its character's own. uses_stale: see Training.model_exists."""

    models_dir: Path = Path("models")
    version: Version = "v2ProPlus"
    uses_stale: bool = False
    text_rules: str = "default"
    asr: Mapping[str, object] = field(default_factory=dict)
    """Of the recogniser that judges samples: engine, device, threads."""


class Training:
    """functions: what carries out the steps."""

    def __init__(
        self,
        characters: Characters,
        jobs: JobStore,
        processing: Processing,
        settings: TrainingSettings | None = None,
        functions: Mapping[str, StepFunction] = FUNCTIONS,
    ):
        self._characters = characters
        self._jobs = jobs
        self._processing = processing
        self._settings = settings or TrainingSettings()
        self._functions = functions

    def start(self, name: str) -> TrainingInfo:
        """Hand in the job. Raises NoSuchCharacter, NotProcessed, JobConflict, and Refused for what is missing."""
        with self._characters.changing:
            folder, character = self._characters.folder(name), self._characters.get(name)
            if self._processing.status(folder.name) != "completed":
                raise NotProcessed(folder.name)
            if busy := self._jobs.open_job(folder.name):
                raise JobConflict(busy)
            lines = _require_lines(folder)
            require_steps(self._functions)
            version = self._settings.version
            require_weights(base_weights(self._settings.models_dir, version), version)
            require_discriminators(self._settings.models_dir, version)
            self._require_room(folder, character)
            write_list(folder, lines)
            forget_published(folder)
            return info_of(folder, self._jobs.submit(KIND, folder.name, self._parameters(folder, character, lines)))

    def info(self, name: str) -> TrainingInfo | None:
        """None when it was never started, or cleaned away. Raises NoSuchCharacter."""
        folder = self._characters.folder(name)
        job = self._newest(folder)
        return info_of(folder, job) if job else None

    def status(self, name: str) -> str:
        """The newest job's state; without a job, what the files say. Raises NoSuchCharacter."""
        info = self.info(name)
        return info.status if info else self.status_by_files(name)

    def status_by_files(self, name: str) -> str:
        """ "completed" when there are both tables of features and both halves of a voice, else "pending".

        Raises NoSuchCharacter.
        """
        folder = self._characters.folder(name)
        has_tables = all((folder.experiment / table).is_file() for table in TABLES)
        return "completed" if has_tables and newest_models(folder) else "pending"

    def model_exists(self, name: str) -> bool:
        """Whether there is a voice to speak with that fits the recordings, or need not fit them.

        A training that is under way, cancelled or failed takes an earlier voice away from nobody.
        Raises NoSuchCharacter.
        """
        folder = self._characters.folder(name)
        if newest_models(folder) is None:
            return False
        return self._settings.uses_stale or not self._is_stale(folder)

    def cancel(self, name: str) -> TrainingInfo | None:
        """Ask for its end. Raises NoSuchCharacter; None when it was never started."""
        folder = self._characters.folder(name)
        job = self._newest(folder)
        return info_of(folder, self._jobs.cancel(job.id)) if job else None

    def clean(self, folder: CharacterFolder) -> None:
        """Take away what trainings have left: features, weights, state. The caller sees to it that none is under way.

        Raises OSError.
        """
        experiments = folder.experiment.parent
        if experiments.is_dir():
            shutil.rmtree(experiments)
        files = (folder.root / S2_FILE, folder.root / S1_FILE, folder.root / REPORT_FILE, folder.models / PICKED)
        for file in (*models_in(folder.models, folder.name), *files):
            file.unlink(missing_ok=True)
        self._jobs.forget_kind(folder.name, KIND)

    def _require_room(self, folder: CharacterFolder, character: Character) -> None:
        chosen, config = self._settings, character.config
        needed = bytes_needed(chosen.models_dir, chosen.version, config.epochs_s2, config.epochs_s1)
        require_room(folder.root, needed)

    def _parameters(self, folder: CharacterFolder, character: Character, lines: list[Line]) -> dict[str, object]:
        config, data = asdict(character.config), digest_of(lines)
        own = {field: config[field] for field in _OF_THE_CHARACTER}
        decisive = {"name": folder.name, **own, "gpu_id": "", "text_rules": self._settings.text_rules}
        return {
            **own,
            "folder": str(folder.root),
            "name": folder.name,
            "born": character.created_at,
            "inputs": fingerprint(folder),
            "data": data,
            "version": self._settings.version,
            "models_dir": str(self._settings.models_dir),
            "text_rules": self._settings.text_rules,
            "asr": dict(self._settings.asr),
            "key": key_of(data, self._settings.version, decisive),
        }

    def _newest(self, folder: CharacterFolder) -> Job | None:
        history = self._history(folder)
        return self._looked_after(folder, history[0]) if history else None

    def _is_stale(self, folder: CharacterFolder) -> bool:
        """Whether the voice that is there was made from something else than what is there."""
        successes = [job for job in self._history(folder) if job.state in ("completed", "outdated")]
        return bool(successes) and self._looked_after(folder, successes[0]).state == "outdated"

    def _history(self, folder: CharacterFolder) -> list[Job]:
        """Without those of an earlier character of this name."""
        born = self._characters.get(folder.name).created_at
        return [job for job in self._jobs.history(folder.name, KIND) if job.parameters.get("born") == born]

    def _looked_after(self, folder: CharacterFolder, job: Job) -> Job:
        """A completed training is outdated as soon as anything differs from what it began with, also during its run."""
        if job.state == "completed" and (why := self._change(folder, job)):
            self._jobs.outdate(job.id, why)
            return self._jobs.get(job.id)
        return job

    def _change(self, folder: CharacterFolder, job: Job) -> str:
        if change := difference(job.parameters["inputs"], fingerprint(folder)):
            return CHANGED + change
        if self._jobs.open_job(folder.name):
            return ""  # clips that are being made are no news yet
        try:
            lines = kept_lines(folder)
        except Refused:  # not readable at the moment
            return ""
        # Clips that somebody has deleted to save space change no voice.
        return CLIPS_CHANGED if lines and digest_of(lines) != job.parameters["data"] else ""


def _require_lines(folder: CharacterFolder) -> list[Line]:
    lines = kept_lines(folder)
    if not lines:
        raise Refused(
            f"{folder.name} has no clips to train with: none was kept, or none has a text. The list of clips says why.",
            f"角色 {folder.name} 没有可用于训练的片段；请查看片段列表里的原因。",
        )
    return lines
