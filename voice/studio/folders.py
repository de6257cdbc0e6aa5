"""Where the files of a character lie, and how a file is written so that nobody ever sees half of it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CONFIG = "character_config.json"
DEFAULT = "default_character.txt"
PARTIAL = ".partial"
"""What unfinished files end with; they begin with a dot, so that no pattern for recordings finds them."""


@dataclass(frozen=True)
class CharacterFolder:
    """One character's files; the names of the folders are those of the original service."""

    root: Path

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def config(self) -> Path:
        return self.root / CONFIG

    @property
    def raw(self) -> Path:
        return self.root / "raw_audio"

    @property
    def converted(self) -> Path:
        return self.root / "converted_audio"

    @property
    def sliced(self) -> Path:
        return self.root / "sliced_audio"

    @property
    def denoised(self) -> Path:
        return self.root / "denoised_audio"

    @property
    def transcripts(self) -> Path:
        return self.root / "transcripts"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def experiment(self) -> Path:
        return self.root / "experiments" / self.name

    def holds(self, file: Path) -> bool:
        """Whether a file below the root really lies there: links may lead anywhere."""
        return self.root.resolve() in file.resolve().parents


@contextmanager
def replacing(file: Path, mode: str = "w") -> Iterator[IO]:
    """A new content for a file, which takes its place when all of it is on disk, and never if something fails."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name[:40]}.", suffix=PARTIAL, dir=file.parent)
    try:
        with os.fdopen(descriptor, mode, encoding=None if "b" in mode else "utf-8") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
