"""Which clips the acoustic model can learn from, and why not the others."""

import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.features.spectrogram import HOP
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.text.symbols import SYMBOL_IDS
from tts.gpt_sovits.torch_file import read_torch_file
from tts.gpt_sovits.training.feature_files import FeatureFolder, read_texts
from tts.gpt_sovits.training.remarks import DroppedClip
from tts.gpt_sovits.training.sovits_sampler import BOUNDARIES

FEWEST_CLIPS = 2
FRAMES_A_SECOND = 50
MOST_FRAMES_APART = 2
"""HuBERT gives one frame less than the spectrogram has; a larger difference means that they are not of one clip."""


@dataclass(frozen=True)
class SovitsClip:
    """name: as in the files, ending and all. phones: ids of symbols. frames: of the spectrogram, 20 ms each."""

    name: str
    phones: tuple[int, ...]
    frames: int
    sound: Path
    features: Path
    speaker: Path | None
    """For the Pro models."""


class _Unfit(Exception):
    def __init__(self, english: str, chinese: str):
        super().__init__(english)
        self.chinese = chinese


def find_sovits_clips(experiment: Path, config: AcousticConfig) -> tuple[list[SovitsClip], list[DroppedClip]]:
    """From the files of features, every one of which is read once: hours later a broken one would end the training."""
    folder = FeatureFolder(experiment)
    clips: list[SovitsClip] = []
    dropped: list[DroppedClip] = []
    for text in read_texts(folder.texts):
        try:
            clips.append(_clip(folder, text.name, text.phones, config))
        except _Unfit as unfit:
            dropped.append(DroppedClip(text.name, str(unfit), unfit.chinese))
    return clips, dropped


def repeated(clips: Sequence[SovitsClip]) -> list[SovitsClip]:
    """An epoch's clips: few are heard several times in one, as upstream does, so that an epoch is worth its end."""
    return list(clips) * (1 if len(clips) >= 100 else max(2, 100 // max(len(clips), 1)))


def read_features(file: Path, config: AcousticConfig) -> Tensor:
    """HuBERT's, float32 [768, frames]; raises Fault and OSError."""
    found = _numbers(file)
    if found.dim() != 3 or found.shape[:2] != (1, config.ssl_dim) or not found.shape[2]:
        raise Fault(f"has the shape {tuple(found.shape)}", f"形状为 {tuple(found.shape)}")
    return found[0]


def read_speaker(file: Path, config: AcousticConfig) -> Tensor:
    """float32 [20480]; raises Fault and OSError."""
    found = _numbers(file)
    if tuple(found.shape) != (1, config.speaker_dim):
        raise Fault(f"has the shape {tuple(found.shape)}", f"形状为 {tuple(found.shape)}")
    return found[0]


def read_sound(file: Path) -> Tensor:
    """float32 [samples] of a mono 16-bit WAV file; raises OSError, EOFError and wave.Error."""
    with wave.open(str(file)) as opened:
        data = opened.readframes(opened.getnframes())
    return torch.frombuffer(bytearray(data), dtype=torch.int16).float() / 32768


def _clip(folder: FeatureFolder, name: str, phones: Sequence[str], config: AcousticConfig) -> SovitsClip:
    frames = _frames(folder.sound(name))
    features = folder.features(name)
    found = _read_or_unfit(features, lambda: read_features(features, config))
    if abs(found.shape[1] - frames) > MOST_FRAMES_APART:
        raise _Unfit("Its features are of another sound; prepare it again.", "特征与音频不符，请重新处理。")
    speaker = folder.speaker(name) if config.has_speaker_network else None
    if speaker is not None:
        _read_or_unfit(speaker, lambda: read_speaker(speaker, config))
    return SovitsClip(name, _ids(phones), frames, folder.sound(name), features, speaker)


def _frames(sound: Path) -> int:
    try:
        with wave.open(str(sound)) as opened:
            form = (opened.getframerate(), opened.getnchannels(), opened.getsampwidth())
            frames = opened.getnframes() // HOP
    except (OSError, EOFError, wave.Error) as error:
        raise _Unfit(
            f"Its sound is missing or damaged ({error}); prepare it again.", "音频缺失或损坏，请重新处理。"
        ) from error
    if form != (32_000, 1, 2):
        raise _Unfit(
            "Its sound is not 32 kHz, mono and 16 bit; prepare it again.", "音频不是 32 kHz 单声道 16 位，请重新处理。"
        )
    shortest, longest = BOUNDARIES[0], BOUNDARIES[-1]
    lasts = f"{frames / FRAMES_A_SECOND:.1f}"
    if frames <= shortest:
        raise _Unfit(f"It lasts only {lasts} s; it must be longer than 0.65 s.", f"只有 {lasts} 秒，须长于 0.65 秒。")
    if frames > longest:
        raise _Unfit(f"It lasts {lasts} s; cut it to 38 s or less.", f"长 {lasts} 秒，请切到 38 秒以内。")
    return frames


def _ids(phones: Sequence[str]) -> tuple[int, ...]:
    if not phones:
        raise _Unfit("There is nothing in its text that can be pronounced; correct it.", "文本没有可读的内容，请改正。")
    unknown = next((phone for phone in phones if phone not in SYMBOL_IDS), None)
    if unknown is not None:
        raise _Unfit(
            f"Its text has a phone that v2 does not know: {unknown}.", f"文本中有 v2 不认识的音素：{unknown}。"
        )
    return tuple(SYMBOL_IDS[phone] for phone in phones)


def _read_or_unfit(file: Path, read: Callable[[], Tensor]) -> Tensor:
    try:
        return read()
    except (Fault, OSError) as fault:
        raise _Unfit(
            f"{file.parent.name}/{file.name} cannot be used ({fault}); prepare it again.",
            f"{file.parent.name}/{file.name} 无法使用，请重新处理。",
        ) from fault


def _numbers(file: Path) -> Tensor:
    content = read_torch_file(file)
    if not isinstance(content, Tensor) or not content.is_floating_point():
        raise Fault("holds something else than a tensor", "内容不是张量")
    numbers = content.float()
    if not torch.isfinite(numbers).all():
        raise Fault("holds values that are no numbers", "含有非数值")
    return numbers
