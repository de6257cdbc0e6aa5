"""What is spoken in silence when the engine starts, so that the first sentence finds everything warm."""

import math
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import audio
from tts.synthesizer import Reference, Voice

SENTENCES = {"zh": "你好，很高兴认识你。", "en": "Hello, nice to meet you."}
OTHERWISE = "1, 2, 3."
HUM_HZ, HUM_RATE_HZ, HUM_S = 200, 32000, 4


@contextmanager
def somebody(voices: Sequence[Voice], language: str) -> Iterator[Voice]:
    """The first of the voices; where there is none yet, one whose clip is a hum."""
    if voices:
        yield voices[0]
        return
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "hum.wav"
        swing = 2 * math.pi * HUM_HZ / HUM_RATE_HZ
        samples = array("h", (round(8000 * math.sin(swing * place)) for place in range(HUM_S * HUM_RATE_HZ)))
        clip.write_bytes(audio.encode(samples.tobytes(), HUM_RATE_HZ, "wav"))
        yield Voice(language, Reference(clip, "", language))
