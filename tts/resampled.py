"""A synthesiser's speech at another rate, while it is being made."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

import numpy as np
import soxr

import audio


async def resampled(speech: AsyncGenerator[bytes, None], from_hz: int, to_hz: int) -> AsyncGenerator[bytes, None]:
    """Signed 16-bit mono in, the same out; closing it closes the speech."""
    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")
    async with aclosing(speech):
        async for pcm in speech:
            if sound := audio.to_pcm16(stream.resample_chunk(audio.from_pcm16(pcm))):
                yield sound
        if rest := audio.to_pcm16(stream.resample_chunk(np.zeros(0, np.float32), last=True)):
            yield rest
