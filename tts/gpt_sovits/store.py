"""Small sets of tensors on disk by key: what took long to compute and is the same tomorrow."""

import hashlib
import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

log = logging.getLogger("yinliu.gpt_sovits")

FORMAT = "1"
"""Changes whenever the same reference would be prepared differently."""
SUFFIX = ".voice"
MOST_FILES = 500


class Store:
    """Losing it costs time only, so nothing that goes wrong with it is an error."""

    def __init__(self, folder: Path | None):
        self._folder = folder

    def load(self, key: str) -> dict[str, Tensor] | None:
        """The tensors, or None where there are none that can be read."""
        if self._folder is None:
            return None
        file = self._file(key)
        try:
            tensors = _unsealed(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError) as error:
            log.warning("a prepared voice is computed again, its file cannot be read: %s", error)
            return None
        try:
            os.utime(file)  # the oldest go first
        except OSError:
            pass  # where nothing can be written, nothing has to go
        return tensors

    def save(self, key: str, tensors: dict[str, Tensor]) -> None:
        """Write in one go: what is there is whole, even when the power fails."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".writing-") as beside:
                part = Path(beside) / "part"
                part.touch(0o600)  # somebody's voice is nobody else's business
                with part.open("wb") as file:
                    file.write(_sealed(tensors))
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(part, self._file(key))
            self._forget_oldest()
        except OSError as error:
            log.warning("a prepared voice could not be kept: %s", error)

    def _file(self, key: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{key}-{FORMAT}{SUFFIX}"

    def _forget_oldest(self) -> None:
        assert self._folder is not None
        ages = {}
        for file in self._folder.glob(f"*{SUFFIX}"):
            with suppress(FileNotFoundError):  # another server has forgotten it already
                ages[file] = file.stat().st_mtime
        for file in sorted(ages, key=ages.__getitem__, reverse=True)[MOST_FILES:]:
            file.unlink(missing_ok=True)


def _sealed(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file behind its hash, which tells damage that the format itself would not show."""
    content = save({name: tensor.contiguous() for name, tensor in tensors.items()})
    return hashlib.sha256(content).digest() + content


def _unsealed(sealed: bytes) -> dict[str, Tensor]:
    digest, content = sealed[:32], sealed[32:]
    if hashlib.sha256(content).digest() != digest:
        raise SafetensorError("it is damaged")
    return load(content)
