"""Sounds at 32 kHz, what HuBERT hears in them, and what tells speakers apart (upstream's steps 1b and 2b)."""

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

import audio
from tts.gpt_sovits.features.fbank import fbank
from tts.gpt_sovits.features.hubert import Hubert, load_hubert
from tts.gpt_sovits.features.linear import fast_dtype
from tts.gpt_sovits.features.resample import resample, resample_soxr
from tts.gpt_sovits.features.speaker import SpeakerNetwork, load_speaker
from tts.gpt_sovits.training.feature_files import FeatureFolder
from tts.gpt_sovits.training.feature_ledger import identity_of, key_of, replacing
from tts.gpt_sovits.training.feature_run import RecordedClip, Unfit, content_of
from tts.gpt_sovits.training.feature_text import write_tensor
from tts.gpt_sovits.training.loudness import hubert_samples, wav32k_samples
from tts.gpt_sovits.training.sovits_clips import read_sound

FORMAT = 1
"""Changes whenever the same sound would give other features."""
RATE_HZ, NETWORK_HZ = 32_000, 16_000
QUIETEST = 1e-4
"""Below this peak (-80 dB) there is nothing to hear."""


class SoundExtractor:
    """is_half: compute in bfloat16 where the device can, and keep features in half the space."""

    kind, header = "sound", ""

    def __init__(self, folder: FeatureFolder, hubert: Path, is_half: bool, device: str):
        self._folder, self._path = folder, hubert
        self._is_half, self._device = is_half, device
        self.table: Path | None = None

    def key(self, clip: RecordedClip) -> str:
        content = content_of(clip.sound, "recording", "录音")
        return key_of(FORMAT, content, self._is_half, identity_of(self._path))

    def make(self, clip: RecordedClip) -> tuple[str, Sequence[Path]]:
        samples = _samples(clip)
        heard = torch.from_numpy(resample_soxr(hubert_samples(samples), RATE_HZ, NETWORK_HZ))[None]
        if heard.shape[1] < self._hubert.sizes.shortest:
            raise Unfit("It is too short to be heard by HuBERT.", "太短，HuBERT 无法处理。")
        features = self._hubert(heard.to(self._device))
        if not torch.isfinite(features).all():  # in half precision; rare, and then only for that clip
            features = self._exact(heard.to(self._device))
        sound = self._folder.sound(clip.name)
        with replacing(sound) as file:
            file.write(audio.encode(wav32k_samples(samples).astype("<i2").tobytes(), RATE_HZ, "wav"))
        return "", [write_tensor(self._folder.features(clip.name), features.mT, self._is_half), sound]

    @cached_property
    def _hubert(self) -> Hubert:
        device = torch.device(self._device)
        return load_hubert(self._path, device=device, dtype=fast_dtype(device) if self._is_half else torch.float32)

    @cached_property
    def _exact(self) -> Hubert:
        return load_hubert(self._path, device=self._device)


class SpeakerExtractor:
    """For the Pro models; hears what SoundExtractor has written."""

    kind, header = "speaker", ""

    def __init__(self, folder: FeatureFolder, network: Path, is_half: bool, device: str):
        self._folder, self._path = folder, network
        self._is_half, self._device = is_half, device
        self.table: Path | None = None

    def key(self, clip: RecordedClip) -> str:
        content = content_of(self._folder.sound(clip.name), "sound at 32 kHz", "32 kHz 音频")
        return key_of(FORMAT, content, self._is_half, identity_of(self._path))

    def make(self, clip: RecordedClip) -> tuple[str, Sequence[Path]]:
        samples = read_sound(self._folder.sound(clip.name)).to(self._device)
        features = fbank(resample(samples, RATE_HZ, NETWORK_HZ))
        if not len(features):
            raise Unfit("It is too short to tell its speaker.", "太短，无法识别说话人。")
        return "", [write_tensor(self._folder.speaker(clip.name), self._network(features[None]), self._is_half)]

    @cached_property
    def _network(self) -> SpeakerNetwork:
        return load_speaker(self._path, device=self._device)


def _samples(clip: RecordedClip) -> np.ndarray:
    """float32 at 32 kHz; raises Unfit for what is silent or no sound."""
    try:
        sound = audio.decode(clip.sound.read_bytes(), max_s=math.inf)
    except (OSError, audio.AudioError) as error:
        raise Unfit(f"It cannot be read: {error}", f"无法读取：{error}") from error
    samples = audio.resample(sound.samples, sound.rate_hz, RATE_HZ)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < QUIETEST:
        raise Unfit("It is silent; record it again.", "没有声音，请重新录制。")
    return samples
