"""Clips from the disk, while the batch before is being learnt from."""

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tts.gpt_sovits.config import AcousticConfig
from tts.gpt_sovits.training.mel import spectrograms
from tts.gpt_sovits.training.sovits_clips import SovitsClip, read_features, read_sound, read_speaker
from tts.gpt_sovits.training.sovits_generator import Batch


@dataclass(frozen=True)
class Utterance:
    """features: [768, frames]; spectrogram: [1025, frames]; sound: [samples]; speaker: [20480] or None."""

    features: Tensor
    spectrogram: Tensor
    sound: Tensor
    phones: Tensor
    speaker: Tensor | None


def read_utterance(clip: SovitsClip, config: AcousticConfig) -> Utterance:
    """Raises Fault, OSError or wave.Error where a file has changed since it was looked at."""
    sound = read_sound(clip.sound)
    spectrogram = spectrograms(sound[None])[0]
    features = fitted(read_features(clip.features, config), spectrogram.shape[1])
    speaker = None if clip.speaker is None else read_speaker(clip.speaker, config)
    return Utterance(features, spectrogram, sound, torch.tensor(clip.phones), speaker)


def fitted(features: Tensor, frames: int) -> Tensor:
    """Cut, or with the last frame repeated: HuBERT needs a little more sound for its last frame."""
    lacking = frames - features.shape[1]
    if lacking <= 0:
        return features[:, :frames]
    return torch.cat([features, features[:, -1:].expand(-1, lacking)], dim=1)


def together(utterances: Sequence[Utterance]) -> Batch:
    """Padded to an even number of frames, as the tokens cover two each."""
    frames = [utterance.spectrogram.shape[1] for utterance in utterances]
    width = 2 * (max(frames) // 2 + 1)
    speakers = [utterance.speaker for utterance in utterances if utterance.speaker is not None]
    return Batch(
        features=_padded([utterance.features for utterance in utterances], width),
        spectrograms=_padded([utterance.spectrogram for utterance in utterances], width),
        frame_counts=torch.tensor(frames),
        sound=_padded([utterance.sound[None] for utterance in utterances]),
        phones=_padded([utterance.phones for utterance in utterances]),
        phone_counts=torch.tensor([len(utterance.phones) for utterance in utterances]),
        speakers=torch.stack(speakers) if speakers else None,
    )


def read_ahead(
    clips: Sequence[SovitsClip], batches: Iterable[Sequence[int]], config: AcousticConfig
) -> Generator[Batch, None, None]:
    """The batches of these indices, each read while the one before it is in use."""

    def read(batch: Sequence[int]) -> Batch:
        return together([read_utterance(clips[index], config) for index in batch])

    with ThreadPoolExecutor(1, "reading") as reader:
        coming = None
        for batch in batches:
            ready, coming = coming, reader.submit(read, batch)
            if ready is not None:
                yield ready.result()
        if coming is not None:
            yield coming.result()


def _padded(rows: Sequence[Tensor], width: int = 0) -> Tensor:
    width = max([width, *(row.shape[-1] for row in rows)])
    return torch.stack([functional.pad(row, (0, width - row.shape[-1])) for row in rows])
