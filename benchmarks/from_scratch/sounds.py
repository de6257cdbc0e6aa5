"""Clips in memory, in the forms that the encoder and the listener learn from."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import audio
from benchmarks.from_scratch.phones import Events, frames_of
from benchmarks.from_scratch.speech import Spoken
from tts.gpt_sovits.features.resample import resample_soxr
from tts.gpt_sovits.training.loudness import hubert_samples
from tts.gpt_sovits.training.mel import log_mel, spectrograms

RATE_HZ, NETWORK_HZ = 32_000, 16_000
BANDS = 40
"""Of 128, by threes: finer ones show single harmonics."""


@dataclass(frozen=True)
class Sound:
    """heard: as HuBERT takes it, [samples at 16 kHz]. bands: [40, frames]. phones: one a frame."""

    heard: Tensor
    bands: Tensor
    phones: tuple[str, ...]


def read(file: Path) -> np.ndarray:
    """float32 at 32 kHz."""
    sound = audio.decode(file.read_bytes(), max_s=math.inf)
    return audio.resample(sound.samples, sound.rate_hz, RATE_HZ)


def events_of(clip: Spoken) -> Events:
    return [(begin, name) for begin, name in json.loads(clip.phones.read_text("utf-8"))]


def bands_of(samples: np.ndarray) -> Tensor:
    """Logarithms of the loudness in bands, [40, frames of 20 ms], each with its mean over the clip taken off."""
    mel = log_mel(spectrograms(torch.from_numpy(samples.astype(np.float32))[None]))[0]
    bands = mel[: 3 * BANDS].unflatten(0, (BANDS, 3)).mean(1)
    return bands - bands.mean(1, keepdim=True)


def prepared(clips: Sequence[Spoken], done: Callable[[float], None]) -> list[Sound]:
    """All of them; done: is told the share after each."""
    sounds = []
    for number, clip in enumerate(clips, 1):
        samples = read(clip.sound)
        heard = torch.from_numpy(resample_soxr(hubert_samples(samples), RATE_HZ, NETWORK_HZ))
        bands = bands_of(samples)
        sounds.append(Sound(heard, bands, tuple(frames_of(events_of(clip), bands.shape[1]))))
        done(number / len(clips))
    return sounds
