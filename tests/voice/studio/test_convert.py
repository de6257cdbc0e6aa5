"""From uploads to WAV: every format, every name, and a sentence about what cannot be used."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

import audio
from tests.support.recordings import by_ffmpeg, by_libsndfile, chirp, likeness, lossless, lossy
from tests.support.studio_work import Job, character
from voice.studio.convert import ConvertLimits, convert_recordings, converted_name
from voice.studio.folders import CharacterFolder
from voice.studio.refused import Refused
from voice.studio.wav import RATE_HZ

LIMITS = ConvertLimits()


def convert(folder: CharacterFolder, limits: ConvertLimits = LIMITS) -> dict[str, str]:
    return dict(convert_recordings(folder, limits, Job().step).files)


def test_every_recording_becomes_wav_of_one_kind(tmp_path: Path):
    uploads = {f"{kind}.rec": data for kind, data in {**lossless(), **lossy()}.items()}
    folder = character(tmp_path, uploads)
    assert len(convert(folder)) == len(uploads)
    for name in uploads:
        file = folder.converted / f"{name}.wav"
        about = soundfile.info(file)
        assert (about.samplerate, about.channels, about.subtype) == (RATE_HZ, 1, "PCM_16"), name
        samples, _ = soundfile.read(file, dtype="float32")
        assert likeness(samples, RATE_HZ, chirp()) > 0.9, name


def test_no_two_uploads_share_a_name_and_capitals_are_welcome(tmp_path: Path):
    tone = chirp(0.7)
    uploads = {
        "a.mp3": by_libsndfile("MP3", "MPEG_LAYER_III", tone),
        "a.wav": by_libsndfile("WAV", "PCM_16", tone),
        "B.WAV": by_libsndfile("WAV", "PCM_16", tone, 16_000),
        "C.M4A": by_ffmpeg("ipod", "aac", tone),
        "d.aac": by_ffmpeg("adts", "aac", tone),
        "E.3GP": by_ffmpeg("3gp", "aac", tone),
        "一 二.flac": by_libsndfile("FLAC", "PCM_16", tone),
    }
    folder = character(tmp_path, uploads)
    assert sorted(convert(folder)) == sorted(f"{name}.wav" for name in uploads)
    assert sorted(file.name for file in folder.converted.glob("*.wav")) == sorted(f"{name}.wav" for name in uploads)


@pytest.mark.parametrize(
    ("one", "another"),
    [("a|b.wav", "a_b.wav"), ("a:b.wav", "a|b.wav"), ("é.wav", "e\u0301.wav"), ("长" * 80 + "1", "长" * 80 + "2")],
)
def test_troublesome_names_are_changed_but_stay_apart(one: str, another: str):
    names = {converted_name(one), converted_name(another)}
    assert len(names) == 2
    for name in names:
        assert not set('|:\\/\n"') & set(name)
        assert len(f"{name}_0000000000_0000000000.wav".encode()) < 220


def test_damaged_empty_huge_and_long_recordings_are_left_out_with_the_reason(tmp_path: Path):
    good = by_libsndfile("WAV", "PCM_16", chirp(1.0))
    uploads = {
        "damaged.mp3": b"ID3" + os.urandom(2000),
        "empty.wav": b"",
        "half.flac": by_libsndfile("FLAC", "PCM_16", chirp(1.0))[:60],
        "huge.wav": good + bytes(200_000),
        "long.wav": by_libsndfile("WAV", "PCM_16", chirp(4.0, 8000), 8000),
        "text.wav": "你好".encode() * 100,
        "good.wav": good,
    }
    folder, job = character(tmp_path, uploads), Job()
    done = convert_recordings(folder, ConvertLimits(max_mb=0.15, max_s=3), job.step)
    assert list(done.files) == ["good.wav.wav"]
    reasons = dict(done.refused)
    assert set(reasons) == set(uploads) - {"good.wav"}
    for name, why in reasons.items():
        assert name in str(why)
        assert name in why.chinese
        assert any("\u4e00" <= char <= "\u9fff" for char in why.chinese)
    assert "empty" in str(reasons["empty.wav"])
    assert "MB allowed" in str(reasons["huge.wav"])
    assert "longer than" in str(reasons["long.wav"])
    assert sum("is left out" in line for line in job.log) == len(reasons)


def test_nothing_usable_is_a_failure_with_the_first_reason(tmp_path: Path):
    with pytest.raises(Refused, match="no recordings"):
        convert(character(tmp_path / "1", {}))
    with pytest.raises(Refused, match=r"a\.wav is empty"):
        convert(character(tmp_path / "2", {"a.wav": b""}))
    with pytest.raises(Refused, match="None of the 2"):
        convert(character(tmp_path / "3", {"a.wav": b"", "b.wav": b"x"}))


def times(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in folder.glob("*.wav")}


def test_only_what_has_changed_is_done_again_and_what_was_removed_disappears(tmp_path: Path):
    folder = character(
        tmp_path, {name: by_libsndfile("WAV", "PCM_16", chirp(0.5)) for name in ("a.wav", "b.wav", "c.wav")}
    )
    before = convert(folder)
    first = times(folder.converted)
    (folder.raw / "b.wav").write_bytes(by_libsndfile("WAV", "PCM_16", chirp(0.6)))
    (folder.raw / "c.wav").unlink()
    after = convert(folder)
    second = times(folder.converted)
    assert set(after) == set(second) == {"a.wav.wav", "b.wav.wav"}
    assert second["a.wav.wav"] == first["a.wav.wav"]
    assert second["b.wav.wav"] != first["b.wav.wav"]
    assert after["a.wav.wav"] == before["a.wav.wav"]


def test_a_result_that_was_damaged_or_left_unfinished_is_made_again(tmp_path: Path):
    folder = character(tmp_path, {"a.wav": by_libsndfile("WAV", "PCM_16", chirp(0.5))})
    before = convert(folder)
    (folder.converted / "a.wav.wav").write_bytes(b"")
    (folder.converted / ".x.partial").write_bytes(b"half")
    (folder.converted / "stranger.wav").write_bytes(b"of another time")
    with (folder.converted / ".done.jsonl").open("a") as lines:
        lines.write('{"name": "a.wav", "ke')
    assert convert(folder) == before
    assert [file.name for file in sorted(folder.converted.iterdir())] == [".done.jsonl", "a.wav.wav"]


def test_a_recording_that_has_become_useless_leaves_nothing_behind(tmp_path: Path):
    tone = by_libsndfile("WAV", "PCM_16", chirp(0.5))
    folder = character(tmp_path, {"a.wav": tone, "b.wav": tone})
    convert(folder)
    (folder.raw / "a.wav").write_bytes(b"")
    assert list(convert(folder)) == ["b.wav.wav"]
    assert list(times(folder.converted)) == ["b.wav.wav"]


def test_the_sound_is_what_was_recorded(tmp_path: Path):
    tone = chirp(1.0, 48_000)
    folder = character(tmp_path, {"a.wav": by_libsndfile("WAV", "PCM_24", tone, 48_000)})
    convert(folder)
    samples, _ = soundfile.read(folder.converted / "a.wav.wav", dtype="float32")
    wanted = audio.resample(tone, 48_000, RATE_HZ)
    assert np.abs(samples - wanted).max() < 2 / 32768


def test_a_recording_that_is_deleted_meanwhile_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tone = by_libsndfile("WAV", "PCM_16", chirp(0.5))
    folder = character(tmp_path, {"a.wav": tone, "b.wav": tone})

    def gone(file: Path, limits: ConvertLimits) -> None:
        if file.name == "a.wav":
            file.unlink()

    monkeypatch.setattr("voice.studio.convert.check_size", gone)
    done = convert_recordings(folder, LIMITS, Job().step)
    assert list(done.files) == ["b.wav.wav"]
    assert "deleted meanwhile" in str(done.refused[0][1])
