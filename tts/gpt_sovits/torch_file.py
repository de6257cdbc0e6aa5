"""Reads what torch.save wrote: tensors stay in the file and are paged in as they are used; no code of it runs."""

import math
import mmap
import sys
from pathlib import Path
from typing import Any

import torch

from tts.gpt_sovits.file_kind import fault_of_file, fault_of_format, first_bytes, is_checkpoint
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.unpickle import Name, unpickle
from tts.gpt_sovits.zip_records import Record, damaged, read_records

_DTYPES = {
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
_MOST_DIMENSIONS = 8


def read_torch_file(path: Path) -> Any:
    """Plain dictionaries, lists, strings, numbers and tensors; raises Fault with what the file is instead.

    The tensors are backed by the file, and writing to one changes memory only: replace a file that is in use with
    another, do not write into it.
    """
    if fault := fault_of_file(path):
        raise fault
    start = first_bytes(path)
    if not is_checkpoint(start):
        raise fault_of_format(path, start)
    with path.open("rb") as file:
        return _TorchFile(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)).read()


class _TorchFile:
    def __init__(self, file: mmap.mmap):
        self._file = file
        self._records = read_records(file)
        self._folder = self._find_folder()

    def read(self) -> Any:
        order = self._bytes(self._records.get(f"{self._folder}byteorder", Record(0, 0)))
        if order and order.decode("ascii", "replace") != sys.byteorder:
            raise Fault(
                "was written on a machine with another byte order; convert it there", "的字节序与本机不同，请先转换"
            )
        return unpickle(self._bytes(self._records[f"{self._folder}data.pkl"]), self._storage, _rebuild)

    def _find_folder(self) -> str:
        """What the names of all records begin with; it depends on the name under which the file was saved."""
        folders = [name.removesuffix("data.pkl") for name in self._records if name.endswith("/data.pkl")]
        if len(folders) != 1:
            raise Fault(
                "is a zip archive, but not a checkpoint of torch; if it holds models, unpack it first",
                "是 zip 包，但不是 torch 权重；如果里面是模型，请先解压",
            )
        return folders[0]

    def _bytes(self, record: Record) -> bytes:
        return self._file[record.start : record.start + record.size]

    def _storage(self, identity: Any) -> torch.Tensor:
        """All numbers of a storage, as a tensor of one dimension."""
        kind, name, key, _, count = identity
        if kind != "storage" or not isinstance(name, Name) or not isinstance(count, int) or count < 0:
            raise ValueError("no storage")
        dtype = _DTYPES[name.rpartition(".")[2]]
        record = self._records.get(f"{self._folder}data/{key}")
        if record is None or count * dtype.itemsize > record.size:
            raise damaged(len(self._file))
        if not count:
            return torch.empty(0, dtype=dtype)
        if record.start % dtype.itemsize:  # written by something else than torch, which aligns
            return torch.frombuffer(bytearray(self._bytes(record)), dtype=dtype, count=count)
        return torch.frombuffer(self._file, dtype=dtype, count=count, offset=record.start)


def _rebuild(name: Name, arguments: tuple[Any, ...]) -> torch.Tensor:
    if name == "torch._utils._rebuild_parameter":
        return _tensor(arguments[0])
    if name != "torch._utils._rebuild_tensor_v2":
        raise ValueError(name)
    storage, offset, size, stride = arguments[:4]
    numbers = _tensor(storage)
    if numbers.dim() != 1 or numbers.storage_offset():
        raise ValueError("no storage")
    _check_bounds(len(numbers), offset, size, stride)
    return numbers.as_strided(size, stride, offset)


def _tensor(value: Any) -> torch.Tensor:
    if not isinstance(value, torch.Tensor):
        raise ValueError("no tensor")
    return value


def _check_bounds(count: int, offset: Any, size: Any, stride: Any) -> None:
    """Raises ValueError unless the view lies inside the storage and repeats none of it, or a copy could be huge."""
    integers = (offset, *size, *stride)
    if not all(type(number) is int and 0 <= number < 1 << 48 for number in integers):
        raise ValueError("no shape")
    if len(size) != len(stride) or len(size) > _MOST_DIMENSIONS:
        raise ValueError("no shape")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if math.prod(size) > count or (0 not in size and last >= count):
        raise ValueError("outside the storage")
