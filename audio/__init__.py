"""Sound between the wire and the engines: base64, any recording to float samples, samples to files."""

from audio.decoding import decode
from audio.encoding import FORMATS, MEDIA_TYPES, encode
from audio.samples import Audio, AudioError, AudioTooLong, from_pcm16, resample, to_pcm16
from audio.wire import from_base64, to_base64

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "Audio",
    "AudioError",
    "AudioTooLong",
    "decode",
    "encode",
    "from_base64",
    "from_pcm16",
    "resample",
    "to_base64",
    "to_pcm16",
]
