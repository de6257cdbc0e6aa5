"""What is wrong with a persona, told by its field's name and what the field may be."""

from collections.abc import Mapping, Sequence
from typing import Any

from voice.studio.refused import Refused

MEANINGS: Mapping[str, tuple[str, str]] = {
    "system": ("a text of up to 20,000 characters", "不超过 20000 字的文本"),
    "about": ("a text of up to 500 characters", "不超过 500 字的文本"),
    "language": ("zh, en, ja, ko, yue, auto, or empty", "zh、en、ja、ko、yue、auto 或留空"),
    "speed": ("a number from 0.25 to 4", "0.25 到 4 之间的数"),
    "emotions": (
        "up to 64 clips' names by their tags, words of 1 to 20 characters without brackets",
        "最多 64 项，每项为标签和片段名；标签是 1 到 20 个字符的词，不含括号",
    ),
    "clip": ("a clip's name, or empty for the best one", "片段名；留空为自动选择"),
    "extra_config": (
        "an object with fields of the request to the language model",
        "对象，内容是发给语言模型的请求字段",
    ),
}
"""What each field of a persona may be, in English and Chinese."""


def refusal_of(problem: Mapping[str, Any]) -> Refused:
    """The sentence for one of pydantic's errors; those of our own validators bring theirs along in their context."""
    field = str(problem["loc"][0]) if problem["loc"] else ""
    if field in MEANINGS:
        english, chinese = problem.get("ctx", {}).get("told") or _must_be(field)
        return Refused(f"{field}: {english}", f"{field}：{chinese}")
    known = ", ".join(MEANINGS)
    if field:
        shown = f"{field!r:.40}"
        return Refused(
            f"{shown} is no field of a persona; those are {known}.", f"人设没有 {shown} 字段，可用：{known}。"
        )
    return Refused(
        f"This is no persona: write a JSON object with some of the fields {known}.",
        f"这不是人设（persona）：请写成 JSON 对象，可用字段：{known}。",
    )


def _must_be(field: str) -> Sequence[str]:
    english, chinese = MEANINGS[field]
    return f"this must be {english}.", f"必须是{chinese}。"
