"""What kind of file some bytes are, and WAV headers set right."""

import re
import struct

from audio.samples import AudioError

_MAGIC = {
    rb"RIFF....WAVE": "wav",
    rb"(RIFX|RF64)....WAVE": "rf64",
    rb"riff\x2E\x91\xCF\x11": "w64",
    rb"FORM....AIF[FC]": "aiff",
    rb"fLaC": "flac",
    rb"OggS": "ogg",
    rb"\.snd": "au",
    rb"caff": "caf",
    rb"#!AMR(-WB)?\n": "amr",
    rb"\x1A\x45\xDF\xA3": "matroska",
    rb"....(ftyp|moov|mdat|free|skip|wide)": "mp4",
    rb"\xFF[\xF0\xF1\xF8\xF9]": "aac",
    rb"\xFF[\xE2-\xE5\xF2-\xF5\xFA-\xFD]": "mp3",  # layers II and III: with layer I, UTF-16 text would match
}
_ID3 = re.compile(rb"\0*ID3..(.{5})", re.DOTALL)  # some pad between tags


def container_of(data: bytes) -> str:
    """Name the kind by the leading bytes; raises AudioError for all that is no plain recording.

    Nothing else may reach ffmpeg, which would also recognise playlists, and those open files and URLs.
    """
    for magic, container in _MAGIC.items():
        if re.match(magic, data, re.DOTALL):
            return container
    raise AudioError("This is no audio that can be read here: send wav, mp3, ogg, webm, m4a, aac, flac, aiff or amr.")


def without_id3(data: bytes) -> bytes:
    """Drop leading ID3v2 tags: MP3, AAC or FLAC may follow."""
    at = 0
    while tag := _ID3.match(data, at):
        flags, a, b, c, d = tag[1]
        at = tag.end() + (a << 21 | b << 14 | c << 7 | d) + (10 if flags & 0x10 else 0)  # seven bits each, footer
    return data[at:].lstrip(b"\0") if at else data


def repaired_wav(data: bytes) -> bytes:
    """Rewrite a WAV as header, layout and sound, with true sizes.

    Whoever streams writes 0 or the maximum as sizes, and some forget the byte that pads an odd chunk.
    """
    at, layout = 12, b""
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body, at = data[at + 8 : at + 8 + size], at + 8 + size
        if name == b"fmt ":
            layout = _chunk(name, body)
        elif name == b"data":
            is_streamed = not size and data[at : at + 4] != b"LIST"
            return _chunk(b"RIFF", b"WAVE" + layout + _chunk(name, data[at:] if is_streamed else body))
        at += size % 2 and data[at : at + 1] == b"\0"
    raise AudioError("This WAV file ends before its sound begins: send the complete file.")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)
