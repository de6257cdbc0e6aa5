"""Lengths that stand in headers, and headers that lie."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recordings import by_ffmpeg, by_libsndfile, chirp
from voice.studio.acceptance import (
    SNIFFED_BYTES,
    RecordingRefused,
    TooLarge,
    check_content,
    check_length,
    seconds_announced,
    seconds_by_header,
)

M4A = by_ffmpeg("mp4", "aac", chirp(1))
WAV = by_libsndfile("WAV", "PCM_16", chirp(1))


@pytest.mark.parametrize("container", ["mp4", "mov", "3gp"])
def test_the_length_of_what_telephones_record_is_known(container: str, tmp_path: Path):
    file = tmp_path / "a.m4a"
    file.write_bytes(by_ffmpeg(container, "aac", chirp(3)))
    assert seconds_by_header(file) == pytest.approx(3, abs=0.1)


@given(
    edits=st.lists(st.tuples(st.integers(0, len(M4A) - 1), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, len(M4A)),
)
def test_a_damaged_header_tells_nothing_and_breaks_nothing(edits, cut, tmp_path_factory: pytest.TempPathFactory):
    damaged = bytearray(M4A)
    for at, value in edits:
        damaged[at] = value
    file = tmp_path_factory.getbasetemp() / "damaged.m4a"
    file.write_bytes(damaged[:cut])
    seconds = seconds_by_header(file)
    assert seconds is None or seconds >= 0


@given(st.binary(max_size=200), st.integers(0, 60))
def test_any_first_bytes_announce_a_length_or_none(noise: bytes, cut: int):
    seconds = seconds_announced(WAV[:cut] + noise, 10**6)
    assert seconds is None or seconds > 0


def test_the_length_of_a_wav_is_told_by_its_first_bytes():
    assert seconds_announced(WAV[:100], len(WAV)) == pytest.approx(1, abs=0.01)
    assert seconds_announced(WAV[:30], len(WAV)) is None


def test_a_large_picture_in_the_tag_does_not_make_a_song_something_else():
    size = SNIFFED_BYTES * 2
    tag = b"ID3\x04\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    check_content("a.mp3", (tag + bytes(size))[:SNIFFED_BYTES])
    with pytest.raises(RecordingRefused):
        check_content("a.mp3", tag + b"\0" * 100)


def test_what_is_too_long_is_told_in_both_languages():
    check_length("a.wav", None, 60)
    with pytest.raises(TooLarge, match=r"lasts 90\.5 minutes, more than the 60 allowed") as refusal:
        check_length("a.wav", 5430, 3600)
    assert "超过上限 60 分钟" in refusal.value.chinese


def test_boxes_larger_than_any_file_tell_nothing_and_break_nothing(tmp_path: Path):
    head = struct.pack(">I4s4sI4s", 20, b"ftyp", b"M4A ", 0, b"M4A ")
    huge = struct.pack(">I4sQ", 1, b"moov", 2**64 - 64) + struct.pack(">I4sQ", 1, b"free", 2**63 + 5)
    file = tmp_path / "a.m4a"
    file.write_bytes(head + huge + bytes(100))
    check_content("a.m4a", file.read_bytes())
    assert seconds_by_header(file) is None
