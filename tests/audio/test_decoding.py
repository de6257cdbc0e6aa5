"""Recordings come back as they were spoken, whatever they were recorded with."""

import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import audio
from tests.support import recordings
from tests.support.recordings import RATE_HZ, chirp, likeness, loudness, pcm16, wav

JFK = Path(__file__).parent.parent / "assets" / "jfk.wav"
LOSSLESS, LOSSY = recordings.lossless(), recordings.lossy()
LONG = recordings.lossless(4) | recordings.lossy(4)


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lossless_recording_comes_back_as_it_was(name: str) -> None:
    heard = audio.decode(LOSSLESS[name], max_s=10)

    assert heard.rate_hz == RATE_HZ
    assert heard.duration_s == 1.0
    np.testing.assert_allclose(heard.samples, chirp(), atol=2 / 32768)


@pytest.mark.parametrize("name", LOSSY)
def test_a_lossy_recording_sounds_the_same(name: str) -> None:
    heard = audio.decode(LONG[name], max_s=10)

    assert heard.duration_s == pytest.approx(4.0, abs=0.15)
    assert likeness(heard.samples, heard.rate_hz, chirp(4)) > (0.95 if "amr" in name else 0.998)
    assert loudness(heard.samples) == pytest.approx(loudness(chirp(4)), rel=0.15)


@pytest.mark.parametrize("name", [*LOSSLESS, *LOSSY])
def test_samples_are_what_engines_rely_on(name: str) -> None:
    samples = audio.decode((LOSSLESS | LOSSY)[name], max_s=10).samples

    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert samples.flags.c_contiguous
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1


def test_alac_in_caf_may_lose_part_of_its_last_packet() -> None:
    heard = audio.decode(recordings.by_libsndfile("CAF", "ALAC_16", chirp(4)), max_s=10)

    assert 4 - 4096 / RATE_HZ < heard.duration_s <= 4
    np.testing.assert_allclose(heard.samples, chirp(4)[: len(heard.samples)], atol=2 / 32768)


SPEECH_CODECS: dict[str, Callable[[np.ndarray], bytes]] = {
    "m4a": lambda speech: recordings.by_ffmpeg("ipod", "aac", speech),
    "webm": lambda speech: recordings.by_ffmpeg("webm", "libopus", audio.resample(speech, RATE_HZ, 48_000), 48_000),
    "mp3": lambda speech: audio.encode(audio.to_pcm16(speech), RATE_HZ, "mp3"),
    "opus": lambda speech: audio.encode(audio.to_pcm16(speech), RATE_HZ, "opus"),
}


@pytest.mark.parametrize("codec", SPEECH_CODECS)
def test_real_speech_survives(codec: str) -> None:
    speech = audio.decode(JFK.read_bytes(), max_s=20)
    assert (speech.rate_hz, speech.duration_s) == (16_000, 11.0)

    heard = audio.decode(SPEECH_CODECS[codec](speech.samples), max_s=20)

    assert heard.duration_s == pytest.approx(11.0, abs=0.1)
    assert likeness(heard.samples, heard.rate_hz, speech.samples) > 0.9


@pytest.mark.parametrize("riff_size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("data_size", [0, 0x7FFFFFFF, 0xFFFFFFDB, 0xFFFFFFFF])
def test_a_streamed_wav_does_not_know_its_size(riff_size: int, data_size: int) -> None:
    heard = audio.decode(wav(pcm16(chirp()), data_size=data_size, riff_size=riff_size), max_s=10)

    np.testing.assert_allclose(heard.samples, chirp(), atol=2 / 32768)


@pytest.mark.parametrize(
    "before",
    [
        b"junk" + struct.pack("<I", 4) + b"abcd",
        b"junk" + struct.pack("<I", 5) + b"abcde\0",
        b"junk" + struct.pack("<I", 5) + b"abcde",
        b"LIST" + struct.pack("<I", 300_004) + b"INFO" + b"x" * 300_000,
    ],
    ids=["even", "odd", "odd-without-padding", "huge"],
)
def test_chunks_before_the_sound_are_skipped(before: bytes) -> None:
    heard = audio.decode(wav(pcm16(chirp()), before), max_s=10)

    np.testing.assert_allclose(heard.samples, chirp(), atol=2 / 32768)


def test_a_note_after_the_sound_is_not_heard() -> None:
    note = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + b"x" * 18

    assert audio.decode(wav(pcm16(chirp())) + note, max_s=10).duration_s == 1.0
    assert audio.decode(wav(b"") + note, max_s=10).duration_s == 0.0


@pytest.mark.parametrize("name", ["wav-PCM_16", "wav-big-endian", "AIFF-PCM_16", "caf", "flac"])
def test_a_lossless_recording_that_was_cut_off_gives_what_is_there(name: str) -> None:
    heard = audio.decode(LONG[name][: len(LONG[name]) * 2 // 3], max_s=10)

    assert 2.5 < heard.duration_s < 2.7
    np.testing.assert_allclose(heard.samples, chirp(4)[: len(heard.samples)], atol=2 / 32768)


@pytest.mark.parametrize("name", ["mp3", "ogg-opus", "ogg-opus-48k", "webm-opus-live", "aac-adts", "mp4-fragments"])
def test_a_lossy_recording_that_was_cut_off_gives_what_is_there(name: str) -> None:
    heard = audio.decode(LONG[name][: len(LONG[name]) * 2 // 3], max_s=10)

    assert 1.5 < heard.duration_s < 3
    assert likeness(heard.samples, heard.rate_hz, chirp(4)[: int(heard.duration_s * RATE_HZ)]) > 0.97


def test_half_a_sample_at_the_end_is_dropped() -> None:
    assert len(audio.decode(wav(pcm16(chirp()))[:-1], max_s=10).samples) == RATE_HZ - 1


def test_channels_are_averaged() -> None:
    left, right = chirp(), np.zeros(RATE_HZ, np.float32)
    stereo = recordings.by_libsndfile("WAV", "FLOAT", np.stack([left, right], axis=1))

    np.testing.assert_allclose(audio.decode(stereo, max_s=10).samples, left / 2, atol=1e-6)


def test_no_channel_is_favoured() -> None:
    file = recordings.by_libsndfile("WAV", "FLOAT", np.tile(chirp()[:, None], 32))

    np.testing.assert_allclose(audio.decode(file, max_s=10).samples, chirp(), atol=1e-5)


def test_float_recordings_are_made_finite_and_clipped() -> None:
    wild = np.array([0.5, np.nan, np.inf, -np.inf, 3.0, -2.0, 1e300, -0.25])
    file = recordings.by_libsndfile("WAV", "DOUBLE", wild)

    heard = audio.decode(file, max_s=10).samples

    np.testing.assert_array_equal(heard[[0, 1, 2, 3, 4, 5, 7]], [0.5, 0, 0, 0, 1, -1, -0.25])
    assert np.isfinite(heard).all()


@pytest.mark.parametrize(("container", "codec"), [("WAV", "PCM_16"), ("AIFF", "PCM_16"), ("OGG", "VORBIS")])
def test_a_recording_of_nothing_is_empty(container: str, codec: str) -> None:
    heard = audio.decode(recordings.by_libsndfile(container, codec, chirp(0)), max_s=10)

    assert (len(heard.samples), heard.samples.dtype, heard.rate_hz) == (0, np.float32, RATE_HZ)


def test_the_rate_is_the_recordings_own() -> None:
    assert audio.decode(recordings.by_libsndfile("WAV", "PCM_16", chirp(0.1, 44_100), 44_100), 10).rate_hz == 44_100


@pytest.mark.parametrize("name", ["wav-PCM_16", "flac", "mp3", "ogg-opus", "webm-opus-live", "m4a", "aac-adts"])
def test_too_long_is_said_so(name: str) -> None:
    with pytest.raises(audio.AudioTooLong, match=r"longer than the 0\.5 s"):
        audio.decode((LOSSLESS | LOSSY)[name], max_s=0.5)


def test_exactly_the_limit_is_not_too_long() -> None:
    assert audio.decode(LOSSLESS["wav-PCM_16"], max_s=1.0).duration_s == 1.0


def test_wav_is_read_where_there_is_no_av(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "audio.ffmpeg")
    monkeypatch.delattr(audio, "ffmpeg")
    monkeypatch.setitem(sys.modules, "av", None)

    assert audio.decode(LOSSLESS["wav-PCM_16"], max_s=10).duration_s == 1.0
    with pytest.raises(audio.AudioError, match="Without the package av"):
        audio.decode(LOSSY["m4a"], max_s=10)


def test_many_threads_decode_at_once() -> None:
    files = list((LOSSLESS | LOSSY).values()) * 2
    alone = [audio.decode(file, max_s=10).samples for file in files]

    with ThreadPoolExecutor(8) as threads:
        together = [heard.samples for heard in threads.map(lambda file: audio.decode(file, max_s=10), files)]

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_rate_that_changes_midway_does_not_change_the_pitch() -> None:
    slow = recordings.by_ffmpeg("adts", "aac", chirp(), RATE_HZ)
    fast = recordings.by_ffmpeg("adts", "aac", chirp(rate_hz=32_000), 32_000)

    heard = audio.decode(slow + fast, max_s=10)

    assert heard.rate_hz == RATE_HZ
    assert heard.duration_s == pytest.approx(2.1, abs=0.2)
    assert likeness(heard.samples[18_000:], RATE_HZ, chirp()) > 0.9


def test_ffmpeg_is_loaded_only_for_what_needs_it() -> None:
    program = "import audio, sys; audio.decode(audio.encode(b'ab', 16000, 'wav'), 1); sys.exit('av' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=JFK.parents[2]).returncode == 0
