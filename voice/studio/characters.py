"""The characters on disk: made, found, renamed, deleted, and which of them is the default."""

import contextlib
import json
import os
import shutil
import threading
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from voice.studio.folders import CONFIG, DEFAULT, PARTIAL, CharacterFolder, replacing
from voice.studio.names import BadName, character_name

GRAVE = ".deleted-"


class NoSuchCharacter(Exception):
    """There is no character of this name."""


class CharacterExists(Exception):
    """There is a character of this name already."""


@dataclass(frozen=True)
class CharacterConfig:
    """How a character's voice is made. gpu_id: one, or several as "0-1-2"."""

    character_name: str
    language: str = "zh"
    batch_size: int = 16
    epochs_s2: int = 50
    epochs_s1: int = 15
    gpu_id: str = "0"
    enable_denoise: bool = True


@dataclass(frozen=True)
class Character:
    """What is kept about a character; times are local ISO-8601."""

    config: CharacterConfig
    created_at: str
    updated_at: str

    @property
    def name(self) -> str:
        return self.config.character_name


_CHARACTER = TypeAdapter(Character)


class Characters:
    """The folder of all characters. Files are the only truth: what another process changes is seen at once."""

    def __init__(self, work_dir: Path):
        self.work_dir = work_dir
        self.changing = threading.RLock()
        """To be held by whoever looks at a character's files and then changes them."""

    def folder(self, name: str) -> CharacterFolder:
        """Where the files of an existing character lie. Raises NoSuchCharacter."""
        try:
            folder = CharacterFolder(self._root / character_name(name))
        except BadName:
            raise NoSuchCharacter(name) from None
        if not folder.config.is_file() or not self._is_spelled(folder.name):
            raise NoSuchCharacter(name)
        return folder

    def create(self, config: CharacterConfig) -> Character:
        """Raises BadName, CharacterExists. The first character becomes the default."""
        name = character_name(config.character_name)
        with self.changing:
            if self._exists(name):
                raise CharacterExists(name)
            now = datetime.now().isoformat()
            character = Character(replace(config, character_name=name), now, now)
            self._save(CharacterFolder(self._root / name), character)
            if self.default() is None:
                self._write_default(name)
            return character

    def get(self, name: str) -> Character:
        """Raises NoSuchCharacter."""
        folder = self.folder(name)
        try:
            about = json.loads(folder.config.read_text(encoding="utf-8-sig"))
            about["config"] = {**about["config"], "character_name": folder.name}
            return _CHARACTER.validate_python(_known_fields(about))
        except (OSError, ValueError, KeyError, TypeError, ValidationError):
            # Damaged by hand or by a failing disk: the recordings are still there, and so is the character.
            if not folder.config.is_file():
                raise NoSuchCharacter(name) from None
            changed = datetime.fromtimestamp(folder.config.stat().st_mtime).isoformat()
            return Character(CharacterConfig(folder.name), changed, changed)

    def all(self) -> list[Character]:
        """In the order of their making."""
        found = []
        for file in self._root.glob(f"*/{CONFIG}"):
            with contextlib.suppress(NoSuchCharacter):  # deleted meanwhile
                found.append(self.get(file.parent.name))
        return sorted(found, key=lambda character: (character.created_at, character.name))

    def rename(self, old: str, new: str) -> Character:
        """Raises NoSuchCharacter, BadName, CharacterExists."""
        new = character_name(new)
        with self.changing:
            folder, character = self.folder(old), self.get(old)
            is_default = self.default() == folder.name
            if new != folder.name:
                target = self._root / new
                if target.exists() and not target.samefile(folder.root):
                    raise CharacterExists(new)
                folder.root.rename(target)
                folder = CharacterFolder(self._root / new)
            changed = Character(
                replace(character.config, character_name=new), character.created_at, datetime.now().isoformat()
            )
            self._save(folder, changed)
            if is_default:
                self._write_default(new)
            return changed

    def change(self, name: str, **fields: Any) -> Character:
        """Give a character's configuration other values. Raises NoSuchCharacter."""
        with self.changing:
            folder, character = self.folder(name), self.get(name)
            now = datetime.now().isoformat()
            changed = Character(replace(character.config, **fields), character.created_at, now)
            self._save(folder, changed)
            return changed

    def delete(self, name: str) -> None:
        """Take a character away with all its files. Raises NoSuchCharacter."""
        with self.changing:
            folder = self.folder(name)
            was_default = self.default() == folder.name
            # Gone at once and as a whole, also where a file cannot be deleted or the power fails meanwhile.
            grave = self.work_dir / f"{GRAVE}{uuid.uuid4().hex}"
            folder.root.rename(grave)
            shutil.rmtree(grave, ignore_errors=True)
            if was_default:
                others = self.all()
                self._write_default(others[0].name if others else "")

    def default(self) -> str | None:
        """The name of the default character; None when there is none."""
        try:
            name = (self.work_dir / DEFAULT).read_text(encoding="utf-8-sig").strip()
            return self.folder(name).name
        except (OSError, UnicodeDecodeError, NoSuchCharacter):
            return None

    def set_default(self, name: str) -> None:
        """Raises NoSuchCharacter."""
        with self.changing:
            self._write_default(self.folder(name).name)

    def sweep(self) -> None:
        """Take away what a killed server has left: deleted characters, and uploads that never ended."""
        for grave in self.work_dir.glob(f"{GRAVE}*"):
            shutil.rmtree(grave, ignore_errors=True)
        for unfinished in self._root.glob(f"*/raw_audio/.*{PARTIAL}"):
            unfinished.unlink(missing_ok=True)

    def _is_spelled(self, name: str) -> bool:
        """As it is written on disk: file systems that ignore case find it under other spellings as well.

        Only there all names are read, since of thousands of characters each would read thousands of names.
        """
        other = name.swapcase()
        return other == name or not (self._root / other).exists() or name in os.listdir(self._root)

    @property
    def _root(self) -> Path:
        return self.work_dir / "characters"

    def _exists(self, name: str) -> bool:
        """Also under another spelling, where the file system does not tell capitals apart.

        A folder without a configuration, left by a crash, is no character and is taken over.
        """
        return (self._root / name / CONFIG).exists()

    def _save(self, folder: CharacterFolder, character: Character) -> None:
        with replacing(folder.config) as out:
            json.dump(asdict(character), out, ensure_ascii=False, indent=2)
        folder.raw.mkdir(exist_ok=True)

    def _write_default(self, name: str) -> None:
        with replacing(self.work_dir / DEFAULT) as out:
            out.write(name)


def _known_fields(about: dict[str, Any]) -> dict[str, Any]:
    """Files of the original hold derived fields, too, which are computed here instead."""
    config = {name: value for name, value in about["config"].items() if name in CharacterConfig.__annotations__}
    return {name: value for name, value in about.items() if name in Character.__annotations__} | {"config": config}
