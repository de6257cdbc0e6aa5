"""Texts spoken in a character's trained voice: asked for, looked at, and their sound."""

import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tts.gpt_sovits.base_models import needs_speaker
from tts.gpt_sovits.files import find_gpt_sovits
from voice.jobs.job import Job, NoSuchJob
from voice.jobs.store import JobStore
from voice.studio.base_weights import require_weights
from voice.studio.characters import Characters
from voice.studio.folders import PARTIAL, CharacterFolder
from voice.studio.infer import OUTPUTS, output_in
from voice.studio.inference_info import (
    InferenceInfo,
    InferenceRequest,
    NoDefaultCharacter,
    NoSuchInference,
    NotTrained,
    TooManyWaiting,
    character_of,
    info_of,
    usual_name,
)
from voice.studio.models import newest_models
from voice.studio.names import BadName, recording_name
from voice.studio.refused import Refused
from voice.studio.speech_languages import speech_language
from voice.studio.spoken_like import spoken_like
from voice.studio.training import Training

KIND = "infer"
KEPT = 200
"""Results; the oldest are deleted."""
MOST_WAITING = 100
LONGEST_TEXT = 5000
ABANDONED_S = 24 * 3600


@dataclass(frozen=True)
class InferenceSettings:
    """What every inference gets. speaking: cache, text_rules, is_exact, top_k and seed of the voice engine."""

    models_dir: Path = Path("models")
    speaking: Mapping[str, Any] = field(default_factory=dict)


class Inference:
    """A job's subject is a part of the character's, so several may run beside other work on it."""

    def __init__(
        self,
        characters: Characters,
        jobs: JobStore,
        training: Training,
        settings: InferenceSettings | None = None,
    ):
        self._characters = characters
        self._jobs = jobs
        self._training = training
        self._settings = settings or InferenceSettings()

    def start(self, request: InferenceRequest) -> InferenceInfo:
        """Hand in the job.

        Raises NoDefaultCharacter, NoSuchCharacter, NotTrained, TooManyWaiting, and Refused for what cannot be spoken.
        """
        with self._characters.changing:
            name = request.character_name or self._characters.default()
            if not name:
                raise NoDefaultCharacter
            folder = self._characters.folder(name)
            if not self._training.model_exists(folder.name):
                raise NotTrained(folder.name)
            parameters = self._parameters(folder, request)
            if sum(job.is_open for job in self._jobs.of_kind(KIND, KEPT)) >= MOST_WAITING:
                raise TooManyWaiting
            identity = uuid.uuid4()
            subject = f"{folder.name}/{identity}"
            job = self._jobs.submit(KIND, subject, parameters | {"id": str(identity)}, identity.hex)
            self._forget(self._jobs.forget_older(KIND, KEPT))
            return self._info(job)

    def info(self, identity: str) -> InferenceInfo:
        """Raises NoSuchInference."""
        return self._info(self._job(identity))

    def all(self) -> list[InferenceInfo]:
        """In the order of their making."""
        return [self._info(job) for job in reversed(self._jobs.of_kind(KIND, KEPT + MOST_WAITING))]

    def result(self, identity: str) -> tuple[InferenceInfo, Path | None, str]:
        """Its state, its sound if there is any, and what a download of that is called. Raises NoSuchInference."""
        job = self._job(identity)
        info = self._info(job)
        file = Path(info.output_path) if info.output_path else None
        name = _safe_name(job.parameters.get("output_name") or "") or usual_name(info)
        return info, file if file and file.is_file() else None, name

    def find_result(self, name: str, filename: str) -> Path | None:
        """A character's own result, by its name on disk or as it is called when it is downloaded."""
        for job in self._of(name):
            info = self._info(job)
            if info.output_path and filename in (Path(info.output_path).name, usual_name(info)):
                file = Path(info.output_path)
                return file if file.is_file() else None
        return None

    def forget(self, name: str) -> None:
        """The character is gone, and whatever was spoken in its voice."""
        self._forget(self._of(name))

    def sweep(self) -> None:
        """Take away what killed jobs have left half written."""
        for unfinished in self._characters.work_dir.glob(f"{OUTPUTS}/.*{PARTIAL}"):
            # A worker on another machine may be writing at this moment.
            if time.time() - unfinished.stat().st_mtime > ABANDONED_S:
                unfinished.unlink(missing_ok=True)

    def _info(self, job: Job) -> InferenceInfo:
        return info_of(job, self._characters.work_dir)

    def _of(self, name: str) -> Iterator[Job]:
        return (job for job in self._jobs.of_kind(KIND, KEPT + MOST_WAITING) if character_of(job) == name)

    def _job(self, identity: str) -> Job:
        try:
            job = self._jobs.get(uuid.UUID(identity).hex)
        except (ValueError, NoSuchJob):
            raise NoSuchInference(identity) from None
        if job.kind != KIND:
            raise NoSuchInference(identity)
        return job

    def _parameters(self, folder: CharacterFolder, request: InferenceRequest) -> dict[str, Any]:
        text, own_language = _speakable(request.target_text), self._characters.get(folder.name).config.language
        asked = request.ref_language or ""
        language = speech_language(request.target_language or _word(own_language))
        like = spoken_like(folder, request.ref_audio, request.ref_text, speech_language(asked) if asked else "")
        models = newest_models(folder)
        if not models:
            raise NotTrained(folder.name)
        files = find_gpt_sovits(self._settings.models_dir, models.gpt.absolute(), models.sovits.absolute())
        require_weights(files, "v2ProPlus" if needs_speaker(models.sovits) else "v2")
        root = folder.root
        return {
            **self._settings.speaking,
            "folder": str(root),
            "name": folder.name,
            "models_dir": str(self._settings.models_dir),
            "gpt": models.gpt.relative_to(root).as_posix(),
            "sovits": models.sovits.relative_to(root).as_posix(),
            "text": text,
            "language": language,
            "reference": like.path,
            "reference_text": like.text,
            "reference_language": like.language or speech_language(_word(own_language)),
            "output_name": request.output_name or "",
        }

    def _forget(self, jobs: Iterator[Job] | list[Job]) -> None:
        for job in jobs:
            output_in(self._characters.work_dir, job.parameters).unlink(missing_ok=True)


def _safe_name(wanted: str) -> str:
    """ "" unless it can be a file's name everywhere."""
    name = f"{wanted.strip().removesuffix('.wav')}.wav"
    try:
        return name if recording_name(name) == name else ""
    except BadName:
        return ""


def _speakable(text: str) -> str:
    text = text.strip()
    if not any(char.isalnum() for char in text):
        raise Refused("There is nothing to say in target_text.", "target_text 里没有可以朗读的内容。")
    if len(text) > LONGEST_TEXT:
        raise Refused(
            f"target_text has {len(text)} characters; at most {LONGEST_TEXT} are spoken at once. Send it in parts.",
            f"target_text 有 {len(text)} 个字符，一次最多 {LONGEST_TEXT} 个；请分段发送。",
        )
    return text


def _word(language: str) -> str:
    """A character that was told nothing speaks Chinese, as in the original."""
    return {"zh": "中文", "ja": "日文", "ko": "韩文", "yue": "粤语"}.get(language.lower().partition("-")[0], language)
