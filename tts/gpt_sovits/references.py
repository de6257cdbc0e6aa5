"""Reference clips as the models take them: what a clip says in tokens, and the timbre of one or several."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import audio
from tts.gpt_sovits.acoustic.model import AcousticModel
from tts.gpt_sovits.clip_limits import LONGEST_EXTRA_S, LONGEST_S, SHORTEST_EXTRA_S, SHORTEST_S
from tts.gpt_sovits.features.fbank import fbank
from tts.gpt_sovits.features.hubert import Hubert
from tts.gpt_sovits.features.resample import resample, resample_soxr
from tts.gpt_sovits.features.speaker import SpeakerNetwork
from tts.gpt_sovits.features.spectrogram import limit_peak, linear_spectrogram

HUBERT_HZ = 16000
PAUSE_SAMPLES = 9600
"""Silence after the clip, as in training: 0.3 s counted at 32 kHz, but put in at 16 kHz."""
QUIETEST = 10 ** (-50 / 20)
"""A clip whose peak is below -50 dB of full scale holds nobody's voice."""


class ReferenceRefused(Exception):
    """A clip cannot serve as a reference; the sentence says which rule it breaks."""

    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.english = english
        self.chinese = chinese


def main_clip(file: Path) -> audio.Audio:
    """The clip whose words are continued; raises ReferenceRefused unless it lasts 3 to 10 seconds."""
    return _clip(file, SHORTEST_S, LONGEST_S)


def extra_clip(file: Path) -> audio.Audio:
    """A clip that adds to the timbre; raises ReferenceRefused."""
    return _clip(file, SHORTEST_EXTRA_S, LONGEST_EXTRA_S)


def _clip(file: Path, shortest_s: float, longest_s: float) -> audio.Audio:
    lasts, lasts_zh = f"lasts more than {longest_s:g} s", f"超过 {longest_s:g} 秒"
    try:
        clip = audio.decode(file.read_bytes(), max_s=longest_s + 0.001)
        _require_sound(file, clip)
        if shortest_s <= clip.duration_s <= longest_s:
            return clip
        if clip.duration_s < shortest_s:
            lasts, lasts_zh = f"lasts {clip.duration_s:.2f} s", f"长 {clip.duration_s:.2f} 秒"
    except audio.AudioTooLong:
        pass
    except (OSError, audio.AudioError) as error:
        raise ReferenceRefused(
            f"The reference clip {file.name} cannot be read: {error}", f"参考音频 {file.name} 无法读取：{error}"
        ) from None
    raise ReferenceRefused(
        f"The reference clip {file.name} {lasts}: GPT-SoVITS needs {shortest_s:g} to {longest_s:g} s.",
        f"参考音频 {file.name} {lasts_zh}：GPT-SoVITS 要求 {shortest_s:g} 到 {longest_s:g} 秒。",
    )


def _require_sound(file: Path, clip: audio.Audio) -> None:
    """What is no number has been decoded as silence."""
    if len(clip.samples) and np.abs(clip.samples).max() < QUIETEST:
        raise ReferenceRefused(
            f"There is no sound in the reference clip {file.name}.", f"参考音频 {file.name} 里没有声音。"
        )


@torch.inference_mode()
def prompt_tokens(clip: audio.Audio, hubert: Hubert, acoustic: AcousticModel) -> Tensor:
    """What is said in the clip, as int64 semantic tokens [25 a second]."""
    samples = resample_soxr(clip.samples, clip.rate_hz, HUBERT_HZ)
    padded = torch.from_numpy(np.concatenate([samples, np.zeros(PAUSE_SAMPLES, np.float32)]))
    features = hubert(padded[None].to(acoustic.device)).float()
    return acoustic.quantizer.tokens(features.mT)[0].cpu()


@torch.inference_mode()
def timbre(clips: list[audio.Audio], acoustic: AcousticModel, speaker: SpeakerNetwork | None) -> Tensor:
    """The mean timbre [1, gin, 1] of the clips; the speaker network is needed by the Pro models."""
    spectrograms, speakers = [], []
    rate_hz = acoustic.config.sampling_rate_hz
    for clip in clips:
        recorded = torch.from_numpy(clip.samples).to(acoustic.device)
        samples = limit_peak(resample(recorded, clip.rate_hz, rate_hz))
        spectrograms.append(linear_spectrogram(samples)[None])
        if speaker is not None:
            speakers.append(speaker(fbank(resample(samples, rate_hz, HUBERT_HZ))[None]).float())
    return acoustic.timbre(spectrograms, speakers or None).cpu()
