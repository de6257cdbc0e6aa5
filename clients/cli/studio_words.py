"""What the studio's stages, states and refusals are called, in English and Chinese. Pure."""

import re
from collections.abc import Mapping
from typing import Any

STAGES: Mapping[str, tuple[str, str]] = {
    "convert_audio": ("converting the recordings", "转换录音"),
    "slice_audio": ("slicing at pauses", "按停顿切片"),
    "denoise_audio": ("taking the noise away", "降噪"),
    "asr_transcribe": ("writing down what is said", "识别文字"),
    "extract_text_features": ("reading the texts", "提取文本特征"),
    "extract_audio_features": ("listening to the clips", "提取音频特征"),
    "extract_speaker_vectors": ("measuring the voice", "提取声纹"),
    "extract_semantic_features": ("finding the speech's tokens", "提取语义特征"),
    "train_sovits": ("learning the sound (SoVITS)", "训练音色（SoVITS）"),
    "train_gpt": ("learning the way of speaking (GPT)", "训练语气（GPT）"),
    "slice": ("slicing at pauses", "按停顿切片"),
    "denoise": ("taking the noise away", "降噪"),
    "asr": ("writing down what is said", "识别文字"),
    "format": ("making features", "提取特征"),
    "sovitsTrain": ("learning the sound (SoVITS)", "训练音色（SoVITS）"),
    "gptTrain": ("learning the way of speaking (GPT)", "训练语气（GPT）"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "pending": ("waiting", "等待中"),
    "running": ("running", "进行中"),
    "completed": ("done", "已完成"),
    "failed": ("failed", "失败"),
    "cancelled": ("cancelled", "已取消"),
    "outdated": ("outdated", "已过期"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "process_audio": ("processing", "处理录音"),
    "train": ("training", "训练"),
    "infer": ("speaking", "合成"),
    "inference": ("speaking", "合成"),
    "task_slice": ("task: slicing", "任务：切片"),
    "task_denoise": ("task: denoising", "任务：降噪"),
    "task_asr": ("task: transcribing", "任务：识别"),
    "task_1abc": ("task: features", "任务：特征"),
    "task_1Ba": ("task: SoVITS", "任务：SoVITS 训练"),
    "task_1Bb": ("task: GPT", "任务：GPT 训练"),
    "task_one_click": ("task: all in one", "任务：一键完成"),
}
REASONS: Mapping[str, tuple[str, str]] = {
    "": ("used", "使用"),
    "too_short": ("too short", "太短"),
    "too_long": ("too long", "太长"),
    "silent": ("silent", "没有声音"),
    "clipped": ("overdriven", "录音过载"),
    "no_speech": ("no speech", "没有说话声"),
    "no_text": ("not understood", "未能识别"),
    "removed": ("taken out", "已剔除"),
}
HALVES: Mapping[str, str] = {"sovits": "SoVITS", "gpt": "GPT"}
_ENGLISH = (
    (r"角色不存在(: (?P<what>.*))?", "There is no character {what}; `studio list` shows all."),
    (r"角色已存在: (?P<what>.*)", "There is a character {what} already."),
    (r"音频文件不存在: (?P<what>.*)", "There is no recording {what}."),
    (r"音频处理记录不存在", "Its recordings have not been processed yet: `studio process`."),
    (r"训练记录不存在", "It has not been trained yet: `studio train`."),
    (r"角色 (?P<what>.*) 的音频处理尚未完成，无法开始训练", "{what}'s recordings are not processed: `studio process`."),
    (r"角色 (?P<what>.*) 的模型尚未训练完成", "{what} has no trained voice yet: `studio train`."),
    (r"未指定角色且无默认角色", "There is no character yet: `studio new`."),
)
"""Sentences of the original service, which has them in Chinese only."""


def named(names: Mapping[str, tuple[str, str]], name: str | None) -> tuple[str, str]:
    """What is not known here is called what the server calls it."""
    return names.get(name or "", (name or "", name or ""))


def sentences(body: Any, status: int) -> tuple[str, str]:
    """What a refusal says, in English and Chinese."""
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, list):
        told = "; ".join(_fault(fault) for fault in detail if isinstance(fault, dict))
        return told, told
    if not isinstance(detail, str):
        return f"The server answered {status}.", f"服务器应答 {status}。"
    return str(body.get("detail_en") or _in_english(detail)), detail


def _fault(fault: Mapping[str, Any]) -> str:
    """What is wrong with which field, as the framework lists it."""
    place = fault.get("loc") or []
    return f"{place[-1]}: {fault.get('msg', '')}" if len(place) > 1 else str(fault.get("msg", ""))


def _in_english(detail: str) -> str:
    for pattern, english in _ENGLISH:
        if found := re.fullmatch(pattern, detail):
            return english.format(what=found.groupdict().get("what") or "of that name")
    return detail


def megabytes(size: int) -> str:
    """Bytes in units of 2^20, as the page and the server's limits have them."""
    mb = size / (1 << 20)
    return f"{mb:.1f} MB" if mb < 10 else f"{mb:.0f} MB"


def duration(seconds: float) -> tuple[str, str]:
    """As people say it: 40 s, 12 min, 3 h 20 min."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s", f"{seconds:.0f} 秒"
    if minutes < 100:
        return f"{minutes} min", f"{minutes} 分钟"
    return f"{minutes // 60} h {minutes % 60} min", f"{minutes // 60} 小时 {minutes % 60} 分钟"


def epoch_words(epoch: int) -> tuple[str, str]:
    return f"epoch {epoch}", f"第 {epoch} 轮"
