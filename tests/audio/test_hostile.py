"""Bytes from strangers: whatever they are, an AudioError is the worst that happens, soon and in little memory."""

import base64
import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import audio
from tests.support import hostile_files, recordings

RECORDINGS = list((recordings.lossless(0.2) | recordings.lossy(0.2)).values())
MAGIC = [file[:12] for file in RECORDINGS]


def check(data: bytes) -> None:
    try:
        heard = audio.decode(data, max_s=2)
    except audio.AudioError as error:
        assert str(error).endswith(".")  # noqa: PT017 - both outcomes are fine, each on its terms
    else:
        assert heard.duration_s <= 2
        assert np.isfinite(heard.samples).all()
        assert 1_000 <= heard.rate_hz <= 768_000


@given(st.binary(max_size=400))
@example(b"RIFF")
@example(b"ID3\x04\0\x10\x7f\x7f\x7f\x7f")
@example(b"\0\0\0\x08moov")
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(st.sampled_from(MAGIC), st.binary(max_size=400))
def test_any_bytes_that_begin_like_a_recording(magic: bytes, data: bytes) -> None:
    check(magic + data)


@given(st.sampled_from(RECORDINGS), st.floats(0, 1))
@settings(max_examples=200)
def test_a_recording_cut_off_anywhere(recording: bytes, part: float) -> None:
    check(recording[: int(part * len(recording))])


places = st.one_of(st.integers(0, 100), st.integers(0, 1_000), st.integers(0, 20_000))


@given(st.sampled_from(RECORDINGS), st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=20))
@settings(max_examples=400)
def test_a_recording_with_damaged_bytes(recording: bytes, damage: list[tuple[int, int]]) -> None:
    damaged = bytearray(recording)
    for place, value in damage:
        damaged[place % len(damaged)] = value
    check(bytes(damaged))


@given(st.sampled_from(RECORDINGS), places, st.sampled_from([0, 1, 2**16, 2**31 - 1, 2**31, 2**32 - 1]), st.booleans())
@settings(max_examples=400)
def test_a_recording_with_absurd_sizes(recording: bytes, place: int, size: int, is_big_endian: bool) -> None:
    damaged = bytearray(recording)
    struct.pack_into(">I" if is_big_endian else "<I", damaged, place % (len(damaged) - 4), size)
    check(bytes(damaged))


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXTINF:1,\nfile:///etc/hosts\n",
        "ffconcat version 1.0\nfile /etc/hosts\n",
        "v=0\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
        '<?xml version="1.0"?><MPD><BaseURL>http://127.0.0.1/</BaseURL></MPD>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        "http://127.0.0.1/a.wav",
        "这不是声音",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_never_taken_for_a_recording(text: str, encoding: str) -> None:
    tag = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)
    for data in (text.encode(encoding), tag + text.encode(encoding)):
        with pytest.raises(audio.AudioError, match="no audio that can be read here"):
            audio.decode(data, max_s=10)


@pytest.mark.parametrize(
    "data", [b"RIFF\x24\0\0\0AVI LIST", b"FORM\0\0\0\x108SVXVHDR", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"]
)
def test_other_files_are_named_as_what_cannot_be_read(data: bytes) -> None:
    with pytest.raises(audio.AudioError, match="send wav, mp3"):
        audio.decode(data + bytes(100), max_s=10)


def test_nothing_is_said_to_be_empty() -> None:
    with pytest.raises(audio.AudioError, match="empty"):
        audio.decode(b"", max_s=10)


@pytest.mark.parametrize(
    ("channels", "rate_hz"), [(33, 16_000), (1_000, 16_000), (1, 999), (1, 768_001), (2, 2**31 - 1)]
)
def test_absurd_layouts_are_refused(channels: int, rate_hz: int) -> None:
    file = recordings.by_libsndfile("WAV", "PCM_U8", np.zeros((100, channels)), rate_hz)

    with pytest.raises(audio.AudioError, match="claims"):
        audio.decode(file, max_s=10)


FILES = hostile_files.all_of_them()


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, float | str]]:
    """What became of each hostile file, in a process of its own: there a crash and the memory taken can be seen."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.support.hostile_files"],
        input=json.dumps({name: base64.b64encode(file).decode() for name, file in FILES.items()}),
        text=True,
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return json.loads(answer.stdout)


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_neither_crashes_nor_fills_memory(
    name: str, outcomes: dict[str, dict[str, float | str]]
) -> None:
    assert len(FILES[name]) < 100_000
    assert outcomes[name]["result"] in ("AudioError", "AudioTooLong", "heard")
    assert float(outcomes[name]["grown_mb"]) < 100
    assert float(outcomes[name]["took_s"]) < 10
