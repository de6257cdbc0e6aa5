"""What an upload must be so that it is kept as a recording: not too large, not too long, and sound by its content."""

import contextlib
import math
import re
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from audio.containers import container_of, without_id3
from audio.samples import AudioError

SNIFFED_BYTES = 1 << 16
SPARE_BYTES = 500 << 20
"""What an upload leaves free on the disk, for everybody else."""
DAY_S = 86_400.0
MOST_BOXES = 10_000


class RecordingRefused(Exception):
    """An upload cannot be kept; the message is a sentence, `chinese` the same in Chinese."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


class TooLarge(RecordingRefused):
    """Larger or longer than the limit, or than the disk has room for."""


@dataclass(frozen=True)
class UploadLimits:
    """Of one recording; kept_s is how long an upload that has stopped can be gone on with."""

    most_bytes: int
    longest_s: float = math.inf
    kept_s: float = DAY_S


def check_size(name: str, size: int, limits: UploadLimits, place: Path, promised: int = 0) -> None:
    """place: the folder it goes to; promised: bytes that other uploads are going to need. Raises TooLarge."""
    if size > limits.most_bytes:
        raise too_large(name, limits.most_bytes)
    if size > room_in(place) - promised:
        raise no_room(name)


def room_in(place: Path) -> int:
    """Bytes that an upload may take."""
    return shutil.disk_usage(place).free - SPARE_BYTES


def too_large(name: str, most_bytes: int) -> TooLarge:
    mb = most_bytes >> 20
    return TooLarge(f"{name} is larger than the {mb} MB allowed here.", f"{name} 超过了上限 {mb} MB。")


def no_room(name: str) -> TooLarge:
    return TooLarge(f"The server's disk has no room for {name}.", f"服务器磁盘空间不足，无法保存 {name}。")


def check_content(name: str, head: bytes) -> None:
    """head: the first bytes, SNIFFED_BYTES where there are so many. Raises RecordingRefused."""
    if not head:
        raise RecordingRefused(f"{name} is empty.", f"{name} 是空文件。")
    sound = without_id3(head)
    if not sound and len(head) >= SNIFFED_BYTES:
        return  # a picture in its tag is larger than what is looked at: only decoding can tell
    try:
        container_of(sound)
    except AudioError:
        raise RecordingRefused(
            f"{name} is no recording, whatever its name says: send wav, mp3, m4a, flac, aac, 3gp, ogg or webm.",
            f"{name} 的内容不是音频；请上传 wav、mp3、m4a、flac、aac、3gp、ogg 或 webm。",
        ) from None


def check_length(name: str, seconds: float | None, longest_s: float) -> None:
    """seconds: None where nothing tells. Raises TooLarge."""
    if seconds is not None and seconds > longest_s:
        lasts, most = (f"{value / 60:.1f}".removesuffix(".0") for value in (seconds, longest_s))
        raise TooLarge(
            f"{name} lasts {lasts} minutes, more than the {most} allowed here: cut it into parts and send those.",
            f"{name} 长 {lasts} 分钟，超过上限 {most} 分钟：请切成几段再上传。",
        )


def seconds_announced(head: bytes, size: int) -> float | None:
    """How long a WAV file of that size is going to last, from its first bytes alone."""
    found = re.search(rb"fmt \x10|fmt [\x12\x28]", head[12:4096]) if head.startswith(b"RIFF") else None
    if not found or len(head) < 12 + found.start() + 20:
        return None
    (bytes_a_second,) = struct.unpack_from("<I", head, 12 + found.start() + 16)
    return size / bytes_a_second if bytes_a_second else None


def seconds_by_header(file: Path) -> float | None:
    """From the header alone: a list of recordings must not decode them. None where it does not say."""
    import soundfile

    with contextlib.suppress(soundfile.SoundFileError, OSError):
        return round(soundfile.info(file).duration, 3)
    # ValueError, OverflowError: sizes in a file may be larger than any file.
    with contextlib.suppress(OSError, struct.error, IndexError, ValueError, OverflowError), file.open("rb") as opened:
        return _mp4_seconds(opened)
    return None


def _mp4_seconds(file: IO[bytes]) -> float | None:
    """What telephones record; the length stands in the `mvhd` box, unless the file was written as a stream."""
    moov = _box(file, b"moov", 0, file.seek(0, 2))
    mvhd = _box(file, b"mvhd", *moov) if moov else None
    if not mvhd:
        return None
    file.seek(mvhd[0])
    about = file.read(32)
    scale, length = struct.unpack_from(">IQ", about, 20) if about[0] else struct.unpack_from(">II", about, 12)
    return round(length / scale, 3) if scale and length else None


def _box(file: IO[bytes], name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box of that name begins and ends."""
    for _ in range(MOST_BOXES):
        file.seek(at)
        size, found = struct.unpack(">I4s", file.read(8))
        body = at + 8
        if size == 1:
            (size,), body = struct.unpack(">Q", file.read(8)), at + 16
        at = at + size if size else end
        if found == name:
            return body, at
        if at < body or at + 8 > end:
            return None
    return None
