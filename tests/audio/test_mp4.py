"""Encoded packets are found where the boxes say, however an MP4 is laid out."""

import pytest

from audio import AudioError
from audio.mp4 import sound_track
from tests.support.mp4_boxes import FTYP, box, moov, table, wide_box

PACKETS = [b"a", b"bb", b"ccc", b"dddd", b"eeeee"]
SIZES = [len(packet) for packet in PACKETS]
SOUND = b"".join(PACKETS)


def found(data: bytes) -> list[bytes]:
    return list(sound_track(data).packets)


def test_the_index_may_stand_at_the_end() -> None:
    tables = table(b"stsz", 0, 5, *SIZES), table(b"stsc", 1, 1, 5, 1), table(b"stco", 1, len(FTYP) + 8)

    assert found(FTYP + box(b"mdat", SOUND) + moov(*tables)) == PACKETS


def test_large_files_use_64_bits() -> None:
    place = (len(FTYP) + 16).to_bytes(8, "big")
    co64 = box(b"co64", bytes(4), b"\0\0\0\1", place)
    tables = table(b"stsz", 0, 5, *SIZES), table(b"stsc", 1, 1, 5, 1), co64

    assert found(FTYP + wide_box(b"mdat", SOUND) + moov(*tables)) == PACKETS


def test_a_box_of_size_zero_reaches_to_the_end() -> None:
    tables = table(b"stsz", 0, 5, *SIZES), table(b"stsc", 1, 1, 5, 1)
    start = len(FTYP + moov(*tables, table(b"stco", 1, 0))) + 8

    assert found(FTYP + moov(*tables, table(b"stco", 1, start)) + b"\0\0\0\0mdat" + SOUND) == PACKETS


def test_chunks_may_lie_apart_and_differ_in_length() -> None:
    runs = table(b"stsc", 2, 1, 2, 1, 3, 1, 1)  # chunks 1 and 2 hold two packets, from 3 on one
    start = len(FTYP) + 8
    tables = table(b"stsz", 0, 5, *SIZES), runs, table(b"stco", 3, start + 20, start, start + 10)

    media = b"ccc" + b"dddd" + b"..." + b"eeeee" + b"....." + b"a" + b"bb"
    assert found(FTYP + box(b"mdat", media) + moov(*tables)) == PACKETS


def test_packets_of_one_size_are_not_listed() -> None:
    tables = table(b"stsz", 2, 3), table(b"stsc", 1, 1, 3, 1), table(b"stco", 1, len(FTYP) + 8)

    assert found(FTYP + box(b"mdat", b"aabbcc") + moov(*tables)) == [b"aa", b"bb", b"cc"]


def test_packets_behind_the_end_of_a_cut_off_file_are_left_out() -> None:
    tables = table(b"stsz", 0, 5, *SIZES), table(b"stsc", 1, 1, 5, 1)
    index = moov(*tables, table(b"stco", 1, len(FTYP + moov(*tables, table(b"stco", 1, 0))) + 8))

    assert found((FTYP + index + box(b"mdat", SOUND))[:-1]) == PACKETS[:-1]


def fragment(*boxes: bytes) -> bytes:
    return box(b"moof", table(b"mfhd", 1), box(b"traf", *boxes))


def test_fragments_count_from_their_own_start() -> None:
    def at(offset: int) -> bytes:
        return fragment(table(b"tfhd", 1, flags=0x020000), table(b"trun", 5, offset, *SIZES, flags=0x201))

    moof = at(len(at(0)) + 8)
    assert found(FTYP + moov() + (moof + box(b"mdat", SOUND)) * 2) == PACKETS * 2


@pytest.mark.parametrize("flags", [0x300, 0x600, 0xA00, 0xF00])
def test_other_facts_about_packets_are_passed_over(flags: int) -> None:
    rows = [
        number
        for size in SIZES
        for flag, number in ((0x100, 160), (0x200, size), (0x400, 7), (0x800, 9))
        if flags & flag
    ]

    def at(offset: int) -> bytes:
        return fragment(table(b"tfhd", 1), table(b"trun", 5, offset, 42, *rows, flags=flags | 0x005))

    assert found(FTYP + moov() + at(len(at(0)) + 8) + box(b"mdat", SOUND)) == PACKETS


def test_a_fragment_may_count_from_the_start_of_the_file() -> None:
    head = FTYP + box(b"mdat", SOUND) + moov()
    runs = table(b"trun", 2, 0, *SIZES[:2], flags=0x201), table(b"trun", 3, *SIZES[2:], flags=0x200)

    assert found(head + fragment(table(b"tfhd", 1, 0, len(FTYP) + 8, flags=0x1), *runs)) == PACKETS


@pytest.mark.parametrize(("usual_size", "own"), [(2, []), (7, [2])])
def test_a_usual_size_stands_for_unlisted_ones(usual_size: int, own: list[int]) -> None:
    tfhd = table(b"tfhd", 1, *[160 for _ in own], *own, flags=0x18 if own else 0)

    def at(offset: int) -> bytes:
        return fragment(tfhd, table(b"trun", 3, offset, flags=0x1))

    data = FTYP + moov(usual_size=usual_size) + at(len(at(0)) + 8) + box(b"mdat", b"aabbcc")
    assert found(data) == [b"aa", b"bb", b"cc"]


def test_fragments_of_other_tracks_are_left_out() -> None:
    def at(offset: int, track_id: int) -> bytes:
        return fragment(table(b"tfhd", track_id), table(b"trun", 5, offset, *SIZES, flags=0x201))

    start = len(at(0, 1)) + 8
    data = FTYP + moov(track_id=3)
    for track_id in (2, 3):
        data += at(start, track_id) + box(b"mdat", SOUND)
    assert found(data) == PACKETS


@pytest.mark.parametrize("data", [FTYP, FTYP + box(b"moov"), FTYP + box(b"mdat", SOUND)])
def test_a_file_without_an_index_says_so(data: bytes) -> None:
    with pytest.raises(AudioError, match="no sound, or its recording was cut off"):
        sound_track(data)


def test_an_unknown_codec_says_what_to_send() -> None:
    known = moov(table(b"stsz", 0, 0))

    with pytest.raises(AudioError, match="neither AAC, ALAC, Opus nor AMR: send wav"):
        sound_track(FTYP + known.replace(b"samr", b"ac-3"))
