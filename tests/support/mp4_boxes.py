"""MP4 files by hand, box by box."""

import struct

ENTRY = bytes(6) + b"\0\1" + bytes(8) + struct.pack(">HHHHI", 1, 16, 0, 0, 8_000 << 16)
MANY = 20_000_000


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


def wide_box(name: bytes, *content: bytes) -> bytes:
    """The same with a 64-bit size."""
    body = b"".join(content)
    return struct.pack(">I4sQ", 1, name, 16 + len(body)) + body


def table(name: bytes, *numbers: int, flags: int = 0) -> bytes:
    """A box of version 0 that holds 32-bit numbers."""
    return box(name, struct.pack(">I", flags), b"".join(number.to_bytes(4, "big") for number in numbers))


FTYP = box(b"ftyp", b"M4A \0\0\0\0M4A ")


def moov(
    *tables: bytes, edits: bytes = b"", usual_size: int = 0, track_id: int = 1, entry: bytes | None = None
) -> bytes:
    """The index of one track, of AMR unless `entry` describes another codec, with these sample tables."""
    times = table(b"stts", 2, 1, 1, MANY, 2)  # uneven, or ffmpeg would count whole chunks
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry or box(b"samr", ENTRY)), times, *tables)
    header = box(b"hdlr", bytes(8) + b"soun" + bytes(13))
    mdia = box(b"mdia", table(b"mdhd", 0, 0, 8_000, 8_000, 0), header, box(b"minf", stbl))
    trak = box(b"trak", table(b"tkhd", 0, 0, track_id, 0, 0), edits, mdia)
    mvhd = table(b"mvhd", 0, 0, 1_000, 1_000, *[0] * 20)
    return box(b"moov", mvhd, trak, box(b"mvex", table(b"trex", track_id, 1, 1, usual_size, 0)))
