"""Tensors out of other people's model files: by name, in the expected shape, and without running anything in them."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts.gpt_sovits.features.memory import forget_pages

LFS_POINTER = b"version https://git-lfs.github.com/spec/"
FILES = ("model.safetensors", "pytorch_model.bin")
"""Where Hugging Face's directories keep the weights."""


class FeatureModelRefused(Exception):
    """A model that cannot be used; a sentence that says why and what to do, in English (the message) and Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese


class Fault(Exception):
    """Half a sentence about a file, in English and Chinese."""


@contextmanager
def refusing(what: str, path: Path) -> Iterator[None]:
    """Make the faults of `path` into sentences about the model `what`."""
    try:
        yield
    except (Fault, OSError) as error:
        english, chinese = error.args if isinstance(error, Fault) else (str(error), str(error))
        raise FeatureModelRefused(
            f"The {what} model at {path} cannot be used: {english}. Download it again.",
            f"位于 {path} 的 {what} 模型无法使用：{chinese}。请重新下载。",
        ) from error


class Weights:
    """The tensors of one file, looked up by name. They lie in the file until they are copied."""

    def __init__(self, tensors: Mapping[str, Tensor], file: Path, is_mapped: bool):
        self._tensors = tensors
        self._file = file
        self._bytes = file.stat().st_size
        self._is_mapped = is_mapped
        self._taken: list[Tensor] = []

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def renamed(self, rename: Callable[[str], str]) -> "Weights":
        return Weights({rename(name): tensor for name, tensor in self._tensors.items()}, self._file, self._is_mapped)

    def outputs(self, name: str) -> int:
        """The first dimension of a tensor; raises Fault where there is none."""
        shape = self._stored(name).shape
        if not shape or not shape[0]:
            raise Fault(f"{name} in {self._file.name} is empty", f"{self._file.name} 中的 {name} 是空的")
        return shape[0]

    def take(self, name: str, *shape: int) -> Tensor:
        """The tensor as it is stored; raises Fault unless it has this shape and holds fractions."""
        tensor = self._stored(name)
        if tuple(tensor.shape) != shape:
            found = tuple(tensor.shape)
            raise Fault(
                f"{name} in {self._file.name} has the shape {found} where {shape} is needed",
                f"{self._file.name} 中 {name} 的形状是 {found}，应为 {shape}",
            )
        # A view that repeats a few stored numbers would be copied to any size.
        if not tensor.is_floating_point() or tensor.numel() * tensor.element_size() > self._bytes:
            raise Fault(
                f"{name} in {self._file.name} holds no usable numbers",
                f"{self._file.name} 中的 {name} 不是可用的数值",
            )
        self._taken.append(tensor)
        return tensor

    def let_go(self) -> None:
        """Once what was taken is copied: or the whole file would count as memory of the process."""
        if self._is_mapped:
            for tensor in self._taken:
                forget_pages(tensor)
        self._taken.clear()

    def _stored(self, name: str) -> Tensor:
        if name not in self._tensors:
            raise Fault(f"{self._file.name} lacks the tensor {name}", f"{self._file.name} 缺少张量 {name}")
        return self._tensors[name]


def read_config(folder: Path) -> dict[str, Any]:
    """config.json of a Hugging Face directory; raises Fault."""
    if not folder.is_dir():
        raise Fault("there is no such directory", "该目录不存在")
    return read_json(folder / "config.json")


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object; raises Fault."""
    _check_present(file)
    try:
        value = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Fault(f"{file.name} is damaged", f"{file.name} 已损坏")
    return value


def size_of(config: Mapping[str, Any], name: str) -> int:
    """A positive whole number of a configuration; raises Fault."""
    value = config.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 24:
        raise Fault(f"its config.json says {name} = {value!r}", f"config.json 中 {name} = {value!r}")
    return value


def expect(config: Mapping[str, Any], **values: object) -> None:
    """Raise Fault where the configuration describes another kind of network than we have. Absent means as expected."""
    for name, value in values.items():
        if config.get(name, value) != value:
            found = config[name]
            raise Fault(
                f"its config.json says {name} = {found!r}, and only {value!r} is supported",
                f"config.json 中 {name} = {found!r}，只支持 {value!r}",
            )


def read_folder(folder: Path) -> Weights:
    """The weights in a Hugging Face directory, safetensors first; raises Fault."""
    file = next((folder / name for name in FILES if (folder / name).exists()), None)
    if file is None:
        raise Fault(f"neither {FILES[0]} nor {FILES[1]} is there", f"找不到 {FILES[0]} 或 {FILES[1]}")
    return read_file(file)


def read_file(file: Path) -> Weights:
    """The weights in a file of safetensors or of torch.save; never unpickles anything but tensors. Raises Fault."""
    _check_present(file)
    is_mapped = file.suffix != ".safetensors" and zipfile.is_zipfile(file)
    try:
        tensors = _safetensors(file) if file.suffix == ".safetensors" else _pickled(file, is_mapped)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # neither library has a common error for files that are cut off or hold something else
        raise Fault(*_damage(file, error)) from error
    if not isinstance(tensors, Mapping) or not all(isinstance(tensor, Tensor) for tensor in tensors.values()):
        raise Fault(f"{file.name} holds something else than tensors", f"{file.name} 的内容不是张量")
    return Weights(tensors, file, is_mapped)


def _check_present(file: Path) -> None:
    if not file.is_file():
        raise Fault(f"{file.name} is missing", f"缺少文件 {file.name}")
    with file.open("rb") as opened:
        if opened.read(len(LFS_POINTER)) == LFS_POINTER:
            raise Fault(
                f"{file.name} is only a Git LFS pointer, because it was fetched without git-lfs",
                f"{file.name} 只是 Git LFS 指针（克隆时没有安装 git-lfs）",
            )


def _safetensors(file: Path) -> dict[str, Tensor]:
    from safetensors import safe_open

    with safe_open(file, framework="pt") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - it is no dict


def _pickled(file: Path, is_mapped: bool) -> Any:
    return torch.load(file, map_location="cpu", mmap=is_mapped, weights_only=True)


def _damage(file: Path, error: Exception) -> tuple[str, str]:
    if "GLOBAL" in str(error):  # as PyTorch calls the names of classes and functions in a pickle
        return (
            f"{file.name} holds more than tensors and was not opened, for such a file can run programs",
            f"{file.name} 含有张量以外的内容，可能会执行程序，因此没有打开",
        )
    size_mb = file.stat().st_size / 1e6
    return (
        f"{file.name} ({size_mb:.1f} MB) is cut off or damaged",
        f"{file.name}（{size_mb:.1f} MB）不完整或已损坏",
    )
