"""How long to train the semantic model, and what few recordings mean. Pure."""

from collections.abc import Sequence
from math import ceil

from tts.gpt_sovits.training.remarks import Remark

USUAL_EPOCHS = 15
"""Upstream's."""
MOST_HEARINGS = 75
"""How often twenty clips are heard in the usual epochs; of fewer, that often, the words are learnt by heart."""
CLIPS_OF_AN_EPOCH = 100
FEW_CLIPS = 20
SHORT_S, ENOUGH_S = 60, 300


def hearings(clip_count: int) -> int:
    """How often a clip is heard in one epoch: few are repeated until the epoch is worth its end."""
    if clip_count >= CLIPS_OF_AN_EPOCH:
        return 1
    return max(2, CLIPS_OF_AN_EPOCH // max(clip_count, 1))


def sensible_epochs(clip_count: int) -> int:
    """As many as usual, but fewer where each clip would be heard more often than it can teach."""
    return max(1, min(USUAL_EPOCHS, ceil(MOST_HEARINGS / hearings(clip_count))))


def remarks_on(clips_s: Sequence[float], epochs: int) -> list[Remark]:
    """What to expect of clips of these lengths, in seconds, and of so many epochs."""
    return [*_on_length(sum(clips_s)), *_on_epochs(len(clips_s), epochs)]


def _on_length(whole_s: float) -> list[Remark]:
    if whole_s < SHORT_S:
        return [
            Remark(
                f"There are only {whole_s:.0f} s of speech: the voice will have its timbre, but hardly its way of "
                "speaking. Add recordings, five minutes or more.",
                f"语音只有 {whole_s:.0f} 秒：音色会像，但说话方式很难学到。请补充录音，最好 5 分钟以上。",
            )
        ]
    if whole_s < ENOUGH_S:
        return [
            Remark(
                f"There are {whole_s / 60:.1f} minutes of speech; from five minutes on the voice becomes more natural.",
                f"语音共 {whole_s / 60:.1f} 分钟；达到 5 分钟以上，声音会更自然。",
            )
        ]
    return []


def _on_epochs(clip_count: int, epochs: int) -> list[Remark]:
    sensible = sensible_epochs(clip_count)
    if clip_count >= FEW_CLIPS or epochs <= sensible:
        return []
    return [
        Remark(
            f"With {clip_count} clips, {epochs} epochs teach the sentences by heart; {sensible} are enough.",
            f"只有 {clip_count} 个片段，训练 {epochs} 轮会死记硬背，{sensible} 轮就够了。",
        )
    ]
