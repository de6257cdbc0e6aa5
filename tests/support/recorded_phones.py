"""Texts with upstream's phones, and what of them is upstream's own and what a stand-in's that recorded them."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.vectors import models_vectors, phones_vectors


@dataclass(frozen=True)
class RecordedSegment:
    """phones: separated by blanks; empty where the text has other segments besides."""

    language: str
    text: str
    normalized: str
    word2ph: tuple[int, ...]
    phones: str = ""


@dataclass(frozen=True)
class Recorded:
    """One text, what upstream made of it, and what is right where upstream is wrong."""

    text: str
    language: str
    ids: tuple[int, ...]
    normalized: str
    segments: tuple[RecordedSegment, ...] = ()
    is_right: bool = True
    item: dict[str, Any] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.language}: {self.text}"

    @property
    def is_segmented_by_detector(self) -> bool:
        """Whether a detector of languages, for which a smaller one stood in, decided where the text was cut.

        It leaves a trace where it knows no language: characters that are missing.
        """
        causes = self.item.get("why", ())
        joined = "".join(segment.text for segment in self.segments)
        has_lost = joined.removeprefix(".") != re.sub(" {2,}", " ", self.text).strip().removeprefix(".")
        is_named = any("language identification" in cause for cause in causes)
        return has_lost or is_named or "language_id" in self.item.get("stub_decides", {})


def detector_cut_it_otherwise(recorded: Recorded, segments: list[tuple[str, str]]) -> bool:
    """Whether a text is cut as scripts suggest, while upstream's detector is known to have found another language."""
    cut = [(segment.language, segment.text) for segment in recorded.segments]
    return cut != segments and recorded.item.get("rule_segments_equal") is False


def recorded_texts() -> list[Recorded]:
    """Those of phones_more.json that upstream did not fail on."""
    items = json.loads((phones_vectors() / "phones_more.json").read_text("utf-8"))
    return [_recorded(item) for item in items if "error" not in item]


def recorded_segments(language: str) -> list[RecordedSegment]:
    """The texts that are one segment in a language, with its phones."""
    alone = [text for text in recorded_texts() if len(text.segments) == 1]
    parts = [replace(text.segments[0], phones=text.item["phones"]) for text in alone]
    return [part for part in parts if part.language == language]


def failing_texts() -> list[dict[str, Any]]:
    """Those of phones_more.json that upstream raises an exception for."""
    items = json.loads((phones_vectors() / "phones_more.json").read_text("utf-8"))
    return [item for item in items if "error" in item]


def _recorded(item: dict[str, Any]) -> Recorded:
    segments = tuple(
        RecordedSegment(part["lang"], part["text"], part["norm"], tuple(part.get("word2ph") or ()))
        for part in item["segments"]
    )
    return Recorded(
        item["text"], item["lang"], tuple(item["ids"]), item["norm_text"], segments, not item["upstream_wrong"], item
    )


def recorded_with_models() -> list[dict[str, Any]]:
    """phones.json beside the model vectors: ids, norm_text, zh_word2ph of both tries for each text."""
    return json.loads((models_vectors() / "phones.json").read_text("utf-8"))
