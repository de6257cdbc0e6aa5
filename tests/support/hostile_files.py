"""Small files that made a library take gigabytes, minutes, or the process down; run as a module, it decodes some."""

import base64
import json
import struct
import sys
import time

import numpy as np

import audio
from tests.support.mp4_boxes import ENTRY, FTYP, MANY, box, moov, table
from tests.support.recordings import by_libsndfile, eight_channels

MDAT = box(b"mdat", b"\1" * 64)
MAXIMUM = 2**32 - 1


def mp4(*tables: bytes, edits: bytes = b"", fragments: bytes = b"") -> bytes:
    return FTYP + MDAT + moov(*tables, edits=edits, usual_size=1) + fragments


def fragment(count: int, data_size: int) -> bytes:
    """Claims `count` packets of one size without listing them."""
    tfhd = table(b"tfhd", 1, data_size, flags=0x020010)
    return box(b"moof", table(b"mfhd", 1), box(b"traf", tfhd, table(b"trun", count)))


def all_of_them() -> dict[str, bytes]:
    place = len(FTYP) + 8
    one_chunk = table(b"stsc", 1, 1, MANY, 1), table(b"stco", 1, place)
    short_chunks = table(b"stsc", 1, 1, 1_000, 1), table(b"stco", 1_000, *[place] * 1_000)
    edits = box(b"edts", table(b"elst", 4_000, *[64, 0, 0x10000] * 4_000))
    note = b"LIST\xf0\xff\xff\x7fINFOISFT\xe0\xff\xff\x7f" + bytes(400)
    aac = box(b"mp4a", ENTRY, box(b"esds", bytes(4), b"\x03", b"\xff" * 90_000))
    silence = np.zeros((60 * 48_000, 8), np.int16)
    return {
        "samples without end": mp4(table(b"stsz", 1, MANY), *one_chunk),
        "samples unlisted": mp4(table(b"stsz", 0, MAXIMUM), *one_chunk),
        "samples repeated": mp4(table(b"stsz", 32, MANY), *short_chunks),
        "samples far outside": mp4(table(b"stsz", MAXIMUM, MAXIMUM), *one_chunk),
        "samples of nothing": mp4(table(b"stsz", 0, 4, 0, 0, 0, 0), *short_chunks),
        "edits without end": mp4(table(b"stsz", 1, 10_000), *one_chunk, edits=edits),
        "fragments without end": mp4(fragments=fragment(MANY, 1) + MDAT),
        "fragments of nothing": mp4(fragments=fragment(MAXIMUM, 0) * 20),
        "items without end": FTYP + box(b"meta", bytes(4), table(b"iloc", MAXIMUM)),
        "a description without end": FTYP + moov(entry=aac),
        "boxes inside boxes": b"".join(struct.pack(">I4s", 80_000 - 8 * depth, b"moov") for depth in range(9_999)),
        "nothing but boxes": FTYP + b"\0\0\0\x08free" * 10_000,
        "a note of two gigabytes": by_libsndfile("WAV", "PCM_16", np.zeros(0))[:36] + note,
        "a minute of silence in flac": by_libsndfile("FLAC", "PCM_16", silence, 48_000),
        "eight channels of aac": eight_channels(),
        "tags without end": b"ID3\x04\0\0\0\0\0\0" * 9_000,
        "a tag of the largest size": b"ID3\x04\0\x10\x7f\x7f\x7f\x7f" * 2,
    }


def _memory_mb() -> float:
    """The most memory this process ever held; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _outcome(data: bytes) -> dict[str, float | str]:
    held_mb, began_s = _memory_mb(), time.monotonic()
    try:
        audio.decode(data, max_s=10)
        result = "heard"
    except audio.AudioError as error:
        result = type(error).__name__
    return {"result": result, "grown_mb": _memory_mb() - held_mb, "took_s": time.monotonic() - began_s}


if __name__ == "__main__":
    files = json.load(sys.stdin)  # made elsewhere: the memory that this takes would hide what decoding takes
    _outcome(base64.b64decode(files["eight channels of aac"]))  # loads the libraries
    json.dump({name: _outcome(base64.b64decode(file)) for name, file in files.items()}, sys.stdout)
