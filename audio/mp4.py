"""Where the encoded sound lies in MP4, M4A, 3GP and QuickTime files, whole or in fragments (ISO 14496-12).

ffmpeg's own reader is not used for these: it takes memory for what a table claims, and 600 bytes can claim gigabytes.
Nothing here is ever larger than the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat

import numpy as np

from audio.samples import AudioError


@dataclass(frozen=True)
class Track:
    """The first track of sound."""

    codec: str
    """ffmpeg's name of the decoder."""
    setup: bytes
    """What the decoder must know beforehand, in ffmpeg's form ("extradata")."""
    packets: Iterator[bytes]


def sound_track(data: bytes) -> Track:
    """Find the sound; raises AudioError if there is none that can be decoded."""
    moov = _first(data, b"moov")
    for trak in _all(moov, b"trak"):
        mdia = _first(trak, b"mdia")
        if _first(mdia, b"hdlr")[8:12] == b"soun":
            return Track(*_codec(_first(mdia, b"minf", b"stbl", b"stsd")), _packets(data, moov, trak))
    raise AudioError("This MP4 file holds no sound, or its recording was cut off before the index was written.")


def _packets(data: bytes, moov: bytes, trak: bytes) -> Iterator[bytes]:
    (track_id,) = struct.unpack_from(">I", _first(trak, b"tkhd"), 20 if _first(trak, b"tkhd")[:1] == b"\1" else 12)
    places = chain(_in_tables(_first(trak, b"mdia", b"minf", b"stbl")), _in_fragments(data, moov, track_id))
    for at, size in islice(places, len(data)):  # a packet has a byte at least: whoever claims more would keep us busy
        if size and 0 <= at <= len(data) - size:
            yield data[at : at + size]


def _boxes(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield position, name and content of each box; the last may be cut off."""
    at = 0
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        head = 16 if size == 1 else 8
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        yield at, name, data[at + head : at + size]
        at += size


def _all(data: bytes, name: bytes) -> Iterator[bytes]:
    return (body for _, found, body in _boxes(data) if found == name)


def _first(data: bytes, *path: bytes) -> bytes:
    for name in path:
        data = next(_all(data, name), b"")
    return data


def _codec(stsd: bytes) -> tuple[str, bytes]:
    """Decoder and setup for the first entry of a sample description."""
    _, name, entry = next(_boxes(stsd[8:]), (0, b"", b""))
    if len(entry) < 28:
        raise AudioError("The sound of this MP4 file is not described, so it cannot be decoded.")
    details = entry[28 + {1: 16, 2: 36}.get(entry[9], 0) :]  # QuickTime's longer entries
    details += _first(details, b"wave")
    if name == b"mp4a":
        return "aac", _aac_setup(_first(details, b"esds"))
    if name == b"Opus":
        return "opus", _opus_head(_first(details, b"dOps"))
    if name == b"alac":
        config = _first(details, b"alac")
        return "alac", struct.pack(">I4s", 8 + len(config), b"alac") + config
    if name in (b"samr", b"sawb"):
        return "amrnb" if name == b"samr" else "amrwb", b""
    raise AudioError("The sound in this MP4 file is neither AAC, ALAC, Opus nor AMR: send wav, or m4a with AAC.")


def _aac_setup(esds: bytes) -> bytes:
    """Dig the DecoderSpecificInfo out of the nested descriptors of ISO 14496-1."""
    at = 4
    while at + 2 <= len(esds):
        tag, length = esds[at], 0
        for byte in esds[at + 1 : at + 5]:
            at += 1
            length = length << 7 | byte & 0x7F
            if byte < 0x80:
                break
        at += 1
        if tag == 5:
            return esds[at : at + length]
        at += {3: 3, 4: 13}.get(tag, length)
    raise AudioError("The AAC sound of this file is not described, so it cannot be decoded.")


def _opus_head(dops: bytes) -> bytes:
    """Rewrite the description as an Ogg header: the same fields, with the bytes the other way round."""
    if len(dops) < 11:
        raise AudioError("The Opus sound of this file is not described, so it cannot be decoded.")
    channels, pre_skip, rate_hz, gain, family = struct.unpack_from(">xBHIhB", dops)
    return b"OpusHead" + struct.pack("<BBHIhB", 1, channels, pre_skip, rate_hz, gain, family) + dops[11:]


def _in_tables(stbl: bytes) -> Iterator[tuple[int, int]]:
    """Position and size of each packet by the tables of an unfragmented file."""
    stsz = _first(stbl, b"stsz")
    if len(stsz) < 12:
        return
    size, count = struct.unpack_from(">4xII", stsz)
    sizes = repeat(size, count) if size else iter(_numbers(stsz[12:]))
    runs = _numbers(_first(stbl, b"stsc")[8:])
    per_chunk = dict(zip(runs[0::3], runs[1::3], strict=False))  # by the first chunk of each run
    packets = 0
    chunks = _numbers(_first(stbl, b"stco")[8:]) or _numbers(_first(stbl, b"co64")[8:], ">u8")
    for number, at in enumerate(chunks, 1):
        packets = per_chunk.get(number, packets)
        for _, size in zip(range(packets), sizes, strict=False):
            yield at, size
            at += size


def _in_fragments(data: bytes, moov: bytes, track_id: int) -> Iterator[tuple[int, int]]:
    """Position and size of each packet by the headers of the fragments."""
    usual = {trex[4:8]: trex[16:20] for trex in _all(_first(moov, b"mvex"), b"trex")}
    for moof_at, name, moof in _boxes(data):
        for traf in _all(moof, b"traf") if name == b"moof" else ():
            tfhd = _first(traf, b"tfhd")
            if int.from_bytes(tfhd[4:8], "big") == track_id:
                yield from _in_fragment(traf, tfhd, moof_at, int.from_bytes(usual.get(tfhd[4:8], b""), "big"))


def _in_fragment(traf: bytes, tfhd: bytes, moof_at: int, usual_size: int) -> Iterator[tuple[int, int]]:
    flags, optional = tfhd[3] | tfhd[2] << 8, tfhd[8:]
    base = moof_at
    if flags & 0x01:
        base, optional = int.from_bytes(optional[:8], "big"), optional[8:]
    if flags & 0x10:
        at = 4 * bool(flags & 0x02) + 4 * bool(flags & 0x08)
        usual_size = int.from_bytes(optional[at : at + 4], "big")
    at = base
    for trun in _all(traf, b"trun"):
        flags, count, fields = int.from_bytes(trun[1:4], "big"), int.from_bytes(trun[4:8], "big"), trun[8:]
        if flags & 0x001:
            at, fields = base + int.from_bytes(fields[:4], "big", signed=True), fields[4:]
        fields = fields[4:] if flags & 0x004 else fields
        for size in _sizes(fields, flags, count, usual_size):
            yield at, size
            at += size


def _sizes(fields: bytes, flags: int, count: int, usual_size: int) -> Iterator[int]:
    if not flags & 0x200:
        return repeat(usual_size, count)
    width = (flags >> 8 & 0xF).bit_count()  # of duration, size, flags and time, those that are given
    return iter(_numbers(fields)[bool(flags & 0x100) :: width][:count])


def _numbers(table: bytes, kind: str = ">u4") -> list[int]:
    return np.frombuffer(table, kind, count=len(table) // int(kind[-1])).tolist()
