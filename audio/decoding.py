"""Any recording to mono float samples, watched while it is decoded: a small file may hold days."""

import io
from contextlib import closing

import numpy as np
import soundfile

from audio.containers import container_of, repaired_wav, without_id3
from audio.samples import Audio, AudioError, AudioTooLong, Blocks, bounded, resample

_BLOCK_FRAMES = 1 << 16
_MAX_CHANNELS = 32
_LOWEST_HZ, _HIGHEST_HZ = 1_000, 768_000

# ffmpeg's readers of the rest take memory for whatever a header claims
_BY_FFMPEG = {"wav", "caf", "flac", "ogg", "mp3", "aac", "amr", "matroska", "mp4"}


def decode(data: bytes, max_s: float) -> Audio:
    """Read a complete recording of any common kind, down-mixed to mono at its own sample rate.

    A recording that was cut off gives what is there. Raises AudioTooLong as soon as `max_s` is passed,
    and AudioError for all that is not sound. Any number of threads may decode at once.
    """
    if not data:
        raise AudioError("The audio is empty: send a complete audio file.")
    data = without_id3(data)
    container = container_of(data)
    data = repaired_wav(data) if container == "wav" else data
    try:
        return _decode(data, container, max_s)
    except AudioError:
        raise
    except Exception as error:  # whatever the libraries complain of, it is about these bytes
        raise AudioError("The audio is damaged or incomplete and could not be decoded.") from error


def _decode(data: bytes, container: str, max_s: float) -> Audio:
    if _suits_libsndfile(data, container):
        try:
            return _join(_libsndfile_blocks(data), max_s)
        except soundfile.SoundFileError:
            if container not in _BY_FFMPEG:  # which reads more kinds, and more of a damaged file
                raise
    return _join(_ffmpeg_blocks(data, container), max_s)


def _suits_libsndfile(data: bytes, container: str) -> bool:
    if container == "wav":
        return data[20:22] != b"\x55\0"  # MP3: about a damaged one it talks on standard error
    if container == "ogg":
        return data[28:35] == b"\x01vorbis"  # Opus it decodes with a jump in time
    if container == "caf":
        return data[28:32] in (b"lpcm", b"alaw", b"ulaw")  # ffmpeg hands these out sample by sample
    return container in {"rf64", "w64", "aiff", "au", "flac"}


def _join(blocks: Blocks, max_s: float) -> Audio:
    parts, frames, rate_hz = [], 0, 0
    with closing(blocks):
        for block_hz, block in blocks:
            _check_layout(block_hz, block.shape[1])
            rate_hz = rate_hz if frames else block_hz
            frames += len(block) * rate_hz / block_hz
            if frames > max_s * rate_hz:
                raise AudioTooLong(f"The audio is longer than the {max_s:g} s allowed here: send a shorter piece.")
            parts.append(resample(_mono(block), block_hz, rate_hz))
    if not parts:
        raise AudioError("There is no sound in this file.")
    return Audio(np.concatenate(parts), rate_hz)


def _check_layout(rate_hz: int, channels: int) -> None:
    if not 1 <= channels <= _MAX_CHANNELS:
        raise AudioError(f"The audio claims {channels} channels: send 1 to {_MAX_CHANNELS}.")
    if not _LOWEST_HZ <= rate_hz <= _HIGHEST_HZ:
        raise AudioError(f"The audio claims a sample rate of {rate_hz} Hz: send {_LOWEST_HZ} to {_HIGHEST_HZ} Hz.")


def _mono(block: np.ndarray) -> np.ndarray:
    channels = block.shape[1]
    return bounded(block) @ np.full(channels, 1 / channels, np.float32)


class _Bytes(io.BytesIO):
    def seek(self, offset: int, whence: int = 0) -> int:
        """Stay for an offset before the start: damaged files ask for it, and libsndfile's callback may not raise."""
        try:
            return super().seek(offset, whence)
        except ValueError:
            return self.tell()


def _libsndfile_blocks(data: bytes) -> Blocks:
    with soundfile.SoundFile(_Bytes(data)) as file:
        yield file.samplerate, np.empty((0, file.channels))  # a file without frames has a rate too
        while len(block := file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)):
            yield file.samplerate, block


def _ffmpeg_blocks(data: bytes, container: str) -> Blocks:
    try:
        from audio import ffmpeg  # costs a tenth of a second that most recordings do without
    except ImportError as error:  # there is no wheel for some small machines
        raise AudioError("Without the package av only wav, aiff and flac can be read here: send wav.") from error
    return ffmpeg.mp4_blocks(data) if container == "mp4" else ffmpeg.container_blocks(data, container)
