"""What to expect of somebody's recordings, and how many epochs make sense: told before a training, and in its log."""

from collections.abc import Sequence

Sentence = tuple[str, str]
"""The same in English and in Chinese."""
MOST_EPOCHS_S2 = 24
"""Of the acoustic model; beyond that even an hour of speech is learnt with its noises."""
FIRST_EPOCHS_S2 = 8
"""Upstream's; of few clips as many suffice, since each is heard several times in an epoch."""
MINUTES_AN_EPOCH = 2.0
FEWEST_CLIPS = 2
"""Without two, SoVITS cannot be trained."""


def sensible_epochs_s2(whole_s: float) -> int:
    """8 up to a quarter of an hour of speech, then more with every two minutes, up to 24."""
    return int(min(max(FIRST_EPOCHS_S2, whole_s / 60 / MINUTES_AN_EPOCH), MOST_EPOCHS_S2))


def advice(clips_s: Sequence[float], epochs_s2: int, epochs_s1: int) -> list[Sentence]:
    """clips_s: how long each clip lasts. Nothing where all is as it should be."""
    from tts.gpt_sovits.training.gpt_advice import remarks_on

    if len(clips_s) < FEWEST_CLIPS:
        return [
            (
                f"There must be at least {FEWEST_CLIPS} clips to train with; record more.",
                f"至少需要 {FEWEST_CLIPS} 个片段才能训练，请增加录音。",
            )
        ]
    told = [(remark.english, remark.chinese) for remark in remarks_on(clips_s, epochs_s1)]
    sensible = sensible_epochs_s2(sum(clips_s))
    if epochs_s2 > 2 * sensible:
        told.append(
            (
                f"{epochs_s2} epochs of SoVITS are many for {sum(clips_s) / 60:.1f} minutes of speech; about "
                f"{sensible} usually suffice, and more take longer and copy noises. Listen to the samples.",
                f"语音共 {sum(clips_s) / 60:.1f} 分钟，SoVITS 训练 {epochs_s2} 轮偏多，一般约 {sensible} 轮即可；"
                "轮数过多耗时更长，还会学到录音里的杂音。请试听各轮的样音。",
            )
        )
    return told
