"""Where the records of an uncompressed zip archive lie in a file, read without trusting it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap

from tts.gpt_sovits.refusal import Fault

MOST_RECORDS = 20_000
"""A model with its optimiser has some thousand tensors."""

_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_ENTRY, _LOCAL_SIZE = b"PK\x01\x02", 30
_LONGEST_COMMENT = 65_535
_ELSEWHERE = 0xFFFFFFFF
"""In place of a number that is too large for its field, and stands in the 64-bit extension."""


@dataclass(frozen=True)
class Record:
    """A stretch of the file."""

    start: int
    size: int


def read_records(file: mmap) -> dict[str, Record]:
    """Records by name; raises Fault for what is cut off, compressed, encrypted, ambiguous or outside the file."""
    records: dict[str, Record] = {}
    for name, header, size in _directory(file):
        record = Record(_behind_local_header(file, header), size)
        if record.start + size > len(file) or name in records:
            raise damaged(len(file))
        records[name] = record
    return records


def damaged(size: int) -> Fault:
    """For a file of so many bytes."""
    return Fault(
        f"is cut off or damaged ({size / 1e6:.1f} MB); download or copy it again",
        f"不完整或已损坏（{size / 1e6:.1f} MB）；请重新下载或复制",
    )


def _directory(file: mmap) -> Iterator[tuple[str, int, int]]:
    """Name, position of the local header and size of each record."""
    count, position = _end(file)
    if count > MOST_RECORDS:
        raise Fault(f"holds {count} records, which no checkpoint does", f"含有 {count} 条记录，不是模型权重")
    for _ in range(count):
        if file[position : position + 4] != _ENTRY or position + 46 > len(file):
            raise damaged(len(file))
        flags, method = struct.unpack_from("<HH", file, position + 8)
        packed, size, name_size, extra_size, comment_size = struct.unpack_from("<IIHHH", file, position + 20)
        header = struct.unpack_from("<I", file, position + 42)[0]
        behind_name = position + 46 + name_size
        name = file[position + 46 : behind_name].decode("utf-8", "replace")
        if flags & 1 or method != 0:
            raise Fault(
                "is a compressed or encrypted zip archive, not a checkpoint; unpack it first",
                "是压缩或加密的 zip 包，不是权重文件；请先解压",
            )
        size, packed, header = _wide(file[behind_name : behind_name + extra_size], size, packed, header)
        if size != packed:
            raise damaged(len(file))
        yield name, header, size
        position = behind_name + extra_size + comment_size


def _end(file: mmap) -> tuple[int, int]:
    """How many records there are, and where their directory begins."""
    end = file.rfind(_END, max(0, len(file) - _LONGEST_COMMENT - 22))
    if end < 0 or end + 22 > len(file):
        raise damaged(len(file))
    count, _, position = struct.unpack_from("<HII", file, end + 10)
    if (position == _ELSEWHERE or count == 0xFFFF) and file[end - 20 : end - 16] == _LOCATOR_64:
        end = struct.unpack_from("<Q", file, end - 12)[0]
        if end + 56 > len(file) or file[end : end + 4] != _END_64:
            raise damaged(len(file))
        count, _, position = struct.unpack_from("<QQQ", file, end + 32)
    return count, position


def _wide(extra: bytes, *numbers: int) -> tuple[int, ...]:
    """The numbers, those that were too large taken from the 64-bit extension, in which they follow each other."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{min(size, len(extra) - 4) // 8}Q", extra, 4))
            return tuple(next(wide, number) if number == _ELSEWHERE else number for number in numbers)
        extra = extra[4 + size :]
    return numbers


def _behind_local_header(file: mmap, position: int) -> int:
    """The first one's signature is not looked at: upstream writes its marks there."""
    if position + _LOCAL_SIZE > len(file):
        raise damaged(len(file))
    if position > 0 and file[position : position + 4] != b"PK\x03\x04":
        raise damaged(len(file))
    name_size, extra_size = struct.unpack_from("<HH", file, position + 26)
    return position + _LOCAL_SIZE + name_size + extra_size
