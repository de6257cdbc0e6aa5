"""Sentences from the disk, while the one before is being learnt from."""

from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from tts.gpt_sovits.config import SemanticConfig
from tts.gpt_sovits.refusal import Fault
from tts.gpt_sovits.torch_file import read_torch_file
from tts.gpt_sovits.training.gpt_batch import GptBatch, Sentence, together
from tts.gpt_sovits.training.gpt_clips import GptClip
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip


def with_sound_bert(clips: Sequence[GptClip], bert_dim: int) -> tuple[list[GptClip], list[DroppedClip]]:
    """The clips whose BERT features can be used, if they have any; hours later this would end the training."""
    sound: list[GptClip] = []
    dropped: list[DroppedClip] = []
    for clip in clips:
        try:
            _features(clip, bert_dim)
            sound.append(clip)
        except (Fault, OSError) as fault:
            english, chinese = (
                f"Its BERT features cannot be used ({fault}); prepare it again.",
                "BERT 特征无法使用，请重新处理。",
            )
            dropped.append(DroppedClip(clip.name, english, chinese))
    return sound, dropped


def read_ahead(
    clips: Sequence[GptClip], batches: Iterable[Sequence[int]], config: SemanticConfig, at_once: int
) -> Generator[list[GptBatch], None, None]:
    """The batches of these indices in parts of at most so many, each batch read while the one before it is in use.

    Raises TrainingRefused where features have changed since they were looked at.
    """

    def read(batch: Sequence[int]) -> list[GptBatch]:
        sentences = [_sentence(clips[index], config.bert_dim) for index in batch]
        starts = range(0, len(sentences), at_once)
        return [together(sentences[start : start + at_once], config.eos) for start in starts]

    with ThreadPoolExecutor(1) as reader:
        coming = None
        for batch in batches:
            ready, coming = coming, reader.submit(read, batch)
            if ready is not None:
                yield ready.result()
        if coming is not None:
            yield coming.result()


def _sentence(clip: GptClip, bert_dim: int) -> Sentence:
    try:
        return Sentence(torch.tensor(clip.phones), torch.tensor(clip.tokens), _features(clip, bert_dim))
    except (Fault, OSError) as error:
        raise TrainingRefused(
            f"The BERT features of {clip.name} have changed during the training ({error}). "
            "Prepare the recordings again.",
            f"{clip.name} 的 BERT 特征在训练过程中被改动（{error}），请重新处理录音。",
        ) from error


def _features(clip: GptClip, bert_dim: int) -> Tensor:
    """[bert_dim, phones], zeros in languages for which there are none."""
    shape = (bert_dim, len(clip.phones))
    if clip.bert is None:
        return torch.zeros(shape)
    return _read(clip.bert, shape)


def _read(file: Path, shape: tuple[int, int]) -> Tensor:
    content = read_torch_file(file)
    if not isinstance(content, Tensor) or tuple(content.shape) != shape:
        found = tuple(content.shape) if isinstance(content, Tensor) else type(content).__name__
        raise Fault(f"{found} in place of {shape}", f"{found}，应为 {shape}")
    if not torch.isfinite(content).all():
        raise Fault("not all of them are numbers", "含有非数值")
    return content
