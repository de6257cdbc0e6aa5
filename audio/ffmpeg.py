"""What ffmpeg's libraries decode for us: one named container at a time, and only decoders that recordings need."""

import io
from collections.abc import Iterator
from itertools import groupby, islice
from typing import cast

import av
import numpy as np
from av.error import FFmpegError

from audio.mp4 import sound_track
from audio.samples import AudioError, Blocks

# ffmpeg holds hundreds of decoders, most of them for old games and little tried.
_DECODERS = (
    *("aac", "alac", "flac", "opus", "libopus", "vorbis", "mp2float", "mp3float"),
    *("amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb"),
    *("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_s32be"),
    *("pcm_f32le", "pcm_f32be", "pcm_f64le", "pcm_f64be", "pcm_alaw", "pcm_mulaw"),
    *("adpcm_ms", "adpcm_ima_wav", "adpcm_ima_qt"),
)
_MAX_PLANES = 7  # PyAV 18 reads beyond the pointers of a frame that has eight planes or more: the process dies
_PATIENCE_PACKETS = 1_000
_BATCH_FRAMES = 20
_OPTIONS = {"codec_whitelist": ",".join(_DECODERS), "protocol_whitelist": ""}


def container_blocks(data: bytes, container: str) -> Blocks:
    """Decode a file that ffmpeg takes apart itself; `container` is one of ffmpeg's names."""
    with av.open(io.BytesIO(data), format=container, options=_OPTIONS, metadata_errors="replace") as file:
        stream = file.streams.best("audio")
        codec = stream.codec_context if stream else None
        if not isinstance(codec, av.AudioCodecContext) or codec.name not in _DECODERS:
            raise AudioError("There is no sound in this file that can be decoded here.")
        yield codec.sample_rate, np.empty((0, codec.channels))
        yield from _in_batches(_frames(codec, file.demux(stream)))


def mp4_blocks(data: bytes) -> Blocks:
    """Decode an MP4, M4A, 3GP or QuickTime file."""
    track = sound_track(data)
    codec = cast(av.AudioCodecContext, av.CodecContext.create(track.codec, "r"))
    codec.extradata = track.setup or None
    yield from _in_batches(_frames(codec, map(av.Packet, track.packets)))


def _frames(codec: av.AudioCodecContext, packets: Iterator[av.Packet]) -> Iterator[av.AudioFrame]:
    """Decode packet by packet and skip damaged ones, within reason: a crafted file holds millions."""
    damage, is_heard, silent_packets = None, False, 0
    while silent_packets < _PATIENCE_PACKETS:
        silent_packets += 1
        try:
            packet = next(packets, None)
            if packet is None:
                break
            frames = codec.decode(packet)
        except FFmpegError as error:
            damage = error
            continue
        for frame in frames:
            is_heard, silent_packets = True, 0
            yield frame
    if damage and not is_heard:
        raise damage


def _in_batches(frames: Iterator[av.AudioFrame]) -> Blocks:
    """Join frames, which may be as short as one sample, to pieces that are worth the work on each."""
    for (rate_hz, _), run in groupby(frames, lambda frame: (frame.sample_rate, frame.layout.nb_channels)):
        while batch := [_values(frame) for frame in islice(run, _BATCH_FRAMES)]:
            yield rate_hz, np.concatenate(batch)


def _values(frame: av.AudioFrame) -> np.ndarray:
    channels = frame.layout.nb_channels
    if channels > _MAX_PLANES:
        raise AudioError(f"The audio claims {channels} channels: send 1 to {_MAX_PLANES}, or wav.")
    values = frame.to_ndarray()
    values = values.T if frame.format.is_planar else values.reshape(-1, channels)
    if values.dtype.kind == "f":
        return values
    full_scale = 2 ** (8 * values.dtype.itemsize - 1)
    return values.astype(np.float32) / full_scale - (values.dtype.kind == "u")
