"""Getting one face out of a font collection."""

import shutil
import struct
from pathlib import Path

import pytest

from clients.gui.fonts import NoFont, put_font, single_face


def collection(*faces: dict[bytes, bytes]) -> bytes:
    """A collection whose faces have these tables, one after another behind all directories."""
    head = 12 + 4 * len(faces)
    starts = [head + sum(12 + 16 * len(face) for face in faces[:number]) for number in range(len(faces))]
    place = head + sum(12 + 16 * len(face) for face in faces)
    directories, bodies = b"", b""
    for face in faces:
        directories += struct.pack(">4sHHHH", b"OTTO", len(face), 16, 0, 0)
        for tag, body in face.items():
            directories += struct.pack(">4sIII", tag, sum(body), place + len(bodies), len(body))
            bodies += body
    return struct.pack(f">4sII{len(faces)}I", b"ttcf", 0x10000, len(faces), *starts) + directories + bodies


def tables(font: bytes) -> dict[bytes, bytes]:
    (number,) = struct.unpack_from(">H", font, 4)
    entries = [struct.unpack_from(">4sIII", font, 12 + 16 * each) for each in range(number)]
    assert all(offset % 4 == 0 for _, _, offset, _ in entries)
    return {tag: font[offset : offset + length] for tag, _, offset, length in entries}


FIRST = {b"cmap": b"japanese", b"glyf": b"shared tables"}
SECOND = {b"cmap": b"chinese", b"glyf": b"shared tables", b"name": b"x"}


@pytest.mark.parametrize(("index", "want"), [(0, FIRST), (1, SECOND)])
def test_each_face_becomes_a_font_of_its_own(index: int, want: dict[bytes, bytes]) -> None:
    face = single_face(collection(FIRST, SECOND), index)
    assert face.startswith(b"OTTO")
    assert tables(face) == want


def test_a_number_that_does_not_exist_gives_the_last_face() -> None:
    assert tables(single_face(collection(FIRST, SECOND), 9)) == SECOND


def test_a_single_font_stays_as_it_is() -> None:
    assert single_face(b"\x00\x01\x00\x00rest", 3) == b"\x00\x01\x00\x00rest"


@pytest.mark.parametrize("length", [8, 13, 40, 100, 150])
def test_a_file_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(NoFont):
        single_face(collection(FIRST, SECOND)[:length], 1)


@pytest.mark.skipif(not shutil.which("fc-match"), reason="fontconfig is not installed")
def test_an_installed_font_is_placed_under_a_name_of_its_own(tmp_path: Path) -> None:
    name = put_font(tmp_path)
    if name is None:
        pytest.skip("no font with hanzi is installed (apt install fonts-noto-cjk)")
    assert b"cmap" in tables((tmp_path / name).read_bytes())
    assert put_font(tmp_path) == name
