"""The studio as its routes see it: characters with the state of their work, and changes that spare work under way."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voice.jobs.job import JobConflict
from voice.jobs.store import JobStore
from voice.studio.characters import Character, Characters, NoSuchCharacter
from voice.studio.folders import CharacterFolder
from voice.studio.inference import Inference
from voice.studio.models import renamed_with
from voice.studio.names import character_name
from voice.studio.processing import Processing
from voice.studio.recordings import count_recordings
from voice.studio.training import Training
from voice.studio.training_samples import FOLDER as SAMPLES


class Studio:
    """Characters, their recordings, and the work on them."""

    def __init__(
        self,
        characters: Characters,
        jobs: JobStore,
        processing: Processing,
        training: Training | None = None,
        inference: Inference | None = None,
    ):
        self.characters = characters
        self.processing = processing
        self.training = training or Training(characters, jobs, processing)
        self.inference = inference or Inference(characters, jobs, self.training)
        self._jobs = jobs

    def shown(self, character: Character) -> dict[str, Any]:
        """A character as clients see it."""
        folder = self.characters.folder(character.name)
        return {
            "character_name": character.name,
            "config": asdict(character.config),
            "created_at": character.created_at,
            "updated_at": character.updated_at,
            "audio_count": count_recordings(folder),
            "audio_processing_status": self.processing.status(character.name),
            "training_status": self.training.status(character.name),
            "model_exists": self.training.model_exists(character.name),
            "is_default": self.characters.default() == character.name,
        }

    def all_shown(self) -> list[dict[str, Any]]:
        """All characters as clients see them, in the order of their making."""
        found = []
        for character in self.characters.all():
            with suppress(NoSuchCharacter):  # deleted meanwhile
                found.append(self.shown(character))
        return found

    def rename(self, old: str, new: str) -> Character:
        """Raises NoSuchCharacter, BadName, CharacterExists, and JobConflict while there is work on it."""
        with self.characters.changing:
            folder, new = self.characters.folder(old), character_name(new)
            name = folder.name
            self._require_silence(name)
            self._require_silence(new)
            with renamed_with(folder, new):
                character = self.characters.rename(name, new)
            self._jobs.rename_subject(name, character.name)
            return character

    def configure(self, name: str, changes: Mapping[str, Any]) -> Character:
        """Give its settings other values. Raises NoSuchCharacter, and JobConflict while there is work on it."""
        with self.at_rest(name) as folder:
            return self.characters.change(folder.name, **changes) if changes else self.characters.get(folder.name)

    def delete(self, name: str) -> None:
        """Raises NoSuchCharacter, and JobConflict while there is work on it."""
        with self.characters.changing:
            name = self.characters.folder(name).name
            self._require_silence(name)
            self.characters.delete(name)
            self.inference.forget(name)
            self._jobs.forget_subject(name)

    def clean_training(self, name: str) -> None:
        """Take away what trainings have left. Raises NoSuchCharacter, OSError, and JobConflict while it is needed."""
        with self.characters.changing:
            folder = self.characters.folder(name)
            self._require_silence(folder.name)
            self.training.clean(folder)

    @contextmanager
    def at_rest(self, name: str) -> Iterator[CharacterFolder]:
        """The character's files, for a change beside which nothing else may change them.

        Raises NoSuchCharacter, and JobConflict while there is work on it.
        """
        with self.characters.changing:
            folder = self.characters.folder(name)
            self._require_rest(folder.name)
            yield folder

    def put_recording(self, unfinished: Path, target: Path) -> None:
        """Give an upload its name, unless its character has gone meanwhile. Raises NoSuchCharacter."""
        name = target.parent.parent.name
        with self.characters.changing:
            self.characters.folder(name)
            os.replace(unfinished, target)

    def find_file(self, name: str, filename: str) -> Path | None:
        """A downloadable file by its plain name; None when there is none. Raises NoSuchCharacter."""
        folder = self.characters.folder(name)
        for place in (folder.models, folder.experiment, folder.experiment / SAMPLES, folder.root):
            for file in place.iterdir() if place.is_dir() else ():
                if file.name == filename and not filename.startswith(".") and file.is_file():
                    return file if folder.holds(file) else None
        return self.inference.find_result(folder.name, filename)

    def _require_silence(self, name: str) -> None:
        """Neither work on it, nor anything being spoken in its voice."""
        self._require_rest(name)
        if busy := self._jobs.open_below(name):
            raise JobConflict(busy)

    def _require_rest(self, name: str) -> None:
        if busy := self._jobs.open_job(name):
            raise JobConflict(busy)
