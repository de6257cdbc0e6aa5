"""Checkpoints of a run that are whole or not there: the last two are kept, and a run never starts anew by mistake."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.tensor_tree import put_together, take_apart

KEPT = 2
TENSORS, STATE, SUMS = "tensors.safetensors", "state.json", "sha256sums"
_PREFIX, _PART = "step-", ".writing-"


@dataclass(frozen=True)
class Checkpoint:
    """step: how far the run was. content: the tree that was saved, its tensors on the CPU."""

    step: int
    content: Any


class _Damaged(Exception):
    """What is wrong with a checkpoint, in half a sentence."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


class RunFolder:
    """One writer at a time; in a training on several devices that is the first process.

    log: takes a line, its level and its Chinese, as a Watcher does.
    """

    def __init__(self, folder: Path, log: Callable[[str, str, str], None]):
        self.folder = folder
        self._log = log

    def save(self, step: int, content: Any) -> None:
        """Keep a tree that `take_apart` takes; raises OSError, and then what was there is still there.

        The older checkpoints go only after this one has been read back from the disk.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob(f"{_PART}*"):
            shutil.rmtree(left)
        part, place = self.folder / f"{_PART}{step}", self._place(step)
        try:
            _write(part, step, content)
            _check(part)
        except (_Damaged, SafetensorError) as error:
            raise OSError(f"a checkpoint could not be written whole to {self.folder}: {error}") from error
        if place.exists():
            shutil.rmtree(place)
        part.rename(place)
        _flush(self.folder)
        for older in self._places()[KEPT:]:
            shutil.rmtree(older)

    def load(self) -> Checkpoint | None:
        """The newest that is sound, or None where nothing was saved yet.

        Raises TrainingRefused where there are checkpoints and none is sound.
        """
        places = self._places()
        for place in places:
            try:
                return _read(place)
            except (_Damaged, OSError) as error:
                why = error.chinese if isinstance(error, _Damaged) else str(error)
                english = f"The checkpoint {place.name} cannot be used: {error}"
                self._log(english, "warning", f"存档 {place.name} 无法使用：{why}")
        if not places:
            return None
        raise TrainingRefused(
            f"No checkpoint in {self.folder} can be read. Delete that folder to train again from the base model.",
            f"{self.folder} 中的存档都无法读取。如需从底模重新训练，请删除该文件夹。",
        )

    def clear(self) -> None:
        """Forget the run: the next one starts from the base model."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, step: int) -> Path:
        return self.folder / f"{_PREFIX}{step:010d}"

    def _places(self) -> list[Path]:
        """Newest first."""
        return sorted(self.folder.glob(f"{_PREFIX}*"), reverse=True)


def _write(part: Path, step: int, content: Any) -> None:
    part.mkdir()
    tensors, plain = take_apart(content)
    # Safetensors takes neither views nor the same numbers twice.
    save_file(
        {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}, part / TENSORS
    )
    (part / STATE).write_text(json.dumps({"step": step, "content": plain}), "utf-8")
    # As `sha256sum -c` reads it.
    sums = "".join(f"{_sum(part / name)}  {name}\n" for name in (TENSORS, STATE))
    (part / SUMS).write_text(sums, "utf-8")
    for name in (TENSORS, STATE, SUMS):
        _flush(part / name)
    _flush(part)


def _check(place: Path) -> None:
    """Raises _Damaged unless every byte is as it was written."""
    sums = (place / SUMS).read_text("utf-8").splitlines()
    for name in (TENSORS, STATE):
        if f"{_sum(place / name)}  {name}" not in sums:
            raise _Damaged(f"{name} is damaged", f"{name} 已损坏")


def _read(place: Path) -> Checkpoint:
    try:
        _check(place)
        state = json.loads((place / STATE).read_text("utf-8"))
        return Checkpoint(state["step"], put_together(load_file(place / TENSORS), state["content"]))
    except (ValueError, KeyError, TypeError, SafetensorError) as error:
        raise _Damaged(f"it is damaged ({error})", f"内容已损坏（{error}）") from error


def _sum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _flush(path: Path) -> None:
    """Through to the disk; a folder, too, where the system can do that."""
    if path.is_dir() and os.name == "nt":
        return
    opened = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
