"""A font with hanzi for the page in the browser, whose painter uses no fonts of the system.

The window on the desktop needs nothing of this. The font is one that is installed here; none is shipped or fetched.
"""

import hashlib
import shutil
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

COLLECTION = b"ttcf"
FILE_NAME = "hanzi.otf"
USUAL_FONTS = (
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)
ANSWER_LIMIT_S = 5


class NoFont(Exception):
    """This file is no font that can be read."""


def put_font(folder: Path) -> str | None:
    """Place a font with hanzi in a folder; its path below the folder, or None where this machine has none."""
    for file, index in _candidates():
        try:
            face = single_face(file.read_bytes(), index)
        except (OSError, NoFont):
            continue
        # The name changes with the font, since browsers keep files by their names.
        name = f"{hashlib.sha256(face[:4096]).hexdigest()[:8]}-{FILE_NAME}"
        (folder / name).write_bytes(face)
        return name
    return None


def _candidates() -> Iterable[tuple[Path, int]]:
    """Files that may hold hanzi, each with the number of the face in it; fontconfig knows best where it exists."""
    if shutil.which("fc-match"):
        command = ["fc-match", "--format", r"%{file}\n%{index}\n%{lang}", "sans:lang=zh-cn"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=ANSWER_LIMIT_S, check=True).stdout
            file, index, languages = answer.split("\n", 2)
            # fc-match always names a font: the nearest one, if none has the language.
            if "zh-cn" in languages.split("|"):
                yield Path(file), int(index) & 0xFFFF
        except (OSError, subprocess.SubprocessError, ValueError):
            pass
    for name in USUAL_FONTS:
        yield Path(name), 0


def single_face(font: bytes, index: int) -> bytes:
    """One face of a font collection as a font file of its own; any other font unchanged.

    Browsers show the first face of a collection only, which in the usual one is Japanese: some hanzi look foreign.
    """
    if not font.startswith(COLLECTION):
        return font
    try:
        (number,) = struct.unpack_from(">I", font, 8)
        (start,) = struct.unpack_from(">I", font, 12 + 4 * min(index, number - 1))
        return _joined(font, start)
    except (struct.error, IndexError) as error:
        raise NoFont(str(error)) from None


def _joined(font: bytes, start: int) -> bytes:
    """The header, the table directory with new offsets, and the tables, each on a multiple of four."""
    (tables,) = struct.unpack_from(">H", font, start + 4)
    place = 12 + 16 * tables
    directory, bodies = [font[start : start + 12]], []
    for number in range(tables):
        tag, checksum, offset, length = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
        body = font[offset : offset + length]
        if len(body) < length:
            raise NoFont("a table is cut off")
        bodies.append(body + bytes(-length % 4))
        directory.append(struct.pack(">4sIII", tag, checksum, place, length))
        place += len(bodies[-1])
    return b"".join(directory + bodies)
