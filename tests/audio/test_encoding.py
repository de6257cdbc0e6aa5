"""Speech leaves as complete files that others can read."""

import io
import struct
import wave

import numpy as np
import pytest

import audio
from tests.support.recordings import chirp, likeness, loudness, pcm16

PCM = pcm16(chirp())


def test_wav_has_the_header_that_clients_skip() -> None:
    file = audio.encode(PCM, 16_000, "wav")

    assert len(file) == 44 + len(PCM)
    assert file[44:] == PCM
    assert struct.unpack("<4sI4s4sIHHIIHH4sI", file[:44]) == (
        *(b"RIFF", 36 + len(PCM), b"WAVE"),
        *(b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16),
        *(b"data", len(PCM)),
    )


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 32_000, 44_100, 48_000])
def test_wav_keeps_its_rate(rate_hz: int) -> None:
    with wave.open(io.BytesIO(audio.encode(PCM, rate_hz, "wav"))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (rate_hz, 1, 2)
        assert file.readframes(-1) == PCM


def test_wav_of_nothing_is_a_header() -> None:
    assert len(audio.encode(b"", 16_000, "wav")) == 44
    assert audio.decode(audio.encode(b"", 16_000, "wav"), 1).duration_s == 0


def test_pcm_is_left_alone() -> None:
    assert audio.encode(b"\1\2\3", 24_000, "pcm") == b"\1\2\3"


@pytest.mark.parametrize("format", ["mp3", "opus"])
@pytest.mark.parametrize("rate_hz", [4_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000])
def test_compressed_files_sound_the_same(format: str, rate_hz: int) -> None:
    speech = chirp(1.5, rate_hz)

    heard = audio.decode(audio.encode(pcm16(speech), rate_hz, format), max_s=5)

    assert heard.duration_s == pytest.approx(1.5, abs=0.05)
    assert likeness(heard.samples, heard.rate_hz, speech, rate_hz) > 0.99
    assert loudness(heard.samples) == pytest.approx(loudness(speech), rel=0.1)


@pytest.mark.parametrize(("format", "magic"), [("wav", b"RIFF"), ("mp3", b"\xff"), ("opus", b"OggS")])
@pytest.mark.parametrize("pcm", [b"", b"\0", b"\0\0", PCM[:100], PCM[:-1]])
def test_the_shortest_speech_makes_a_readable_file(format: str, magic: bytes, pcm: bytes) -> None:
    file = audio.encode(pcm, 24_000, format)

    assert file.startswith(magic)
    assert audio.decode(file, max_s=5).duration_s == pytest.approx(len(pcm) / 48_000, abs=0.1)


def test_opus_says_that_it_is_opus() -> None:
    assert audio.encode(PCM, 16_000, "opus")[28:36] == b"OpusHead"


def test_long_speech_stays_small() -> None:
    speech = np.tile(chirp(), 20)

    for format in ("mp3", "opus"):
        file = audio.encode(pcm16(speech), 16_000, format)
        assert audio.decode(file, max_s=30).duration_s == pytest.approx(20, abs=0.1)
        assert len(file) < 20 * 9_000


def test_formats_are_named_with_their_media_types() -> None:
    assert audio.FORMATS == ("wav", "mp3", "opus", "pcm")
    assert {format: audio.MEDIA_TYPES[format] for format in audio.FORMATS} == {
        "wav": "audio/wav",
        "mp3": "audio/mpeg",
        "opus": "audio/ogg",
        "pcm": "audio/pcm",
    }


@pytest.mark.parametrize("format", ["", "WAV", "aac", "../wav"])
def test_other_formats_are_refused_with_the_choice(format: str) -> None:
    with pytest.raises(audio.AudioError, match="choose wav, mp3, opus, pcm"):
        audio.encode(PCM, 16_000, format)
