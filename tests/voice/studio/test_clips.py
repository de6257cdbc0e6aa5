"""The report on clips: why each is kept or dropped, and how much there is."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from voice.studio.clips import FILE, REASONS, report, save_report, summary
from voice.studio.cut import Cut
from voice.studio.listing import Words

GOOD = Cut("a_1.wav", "a.wav", 1.25, 6.0, 0.5, 0.0, -20.0, "", "d")
SAID = Words("你好", "zh", 0.9)


@pytest.mark.parametrize(
    ("cut", "words", "why"),
    [
        (GOOD, SAID, ""),
        (replace(GOOD, fault="too_short"), None, "too_short"),
        (replace(GOOD, fault="silent"), None, "silent"),
        (replace(GOOD, seconds=50.0), SAID, "too_long"),
        (replace(GOOD, clipped=0.01), SAID, "clipped"),
        (replace(GOOD, clipped=0.01), replace(SAID, is_by_hand=True), ""),
        (replace(GOOD, seconds=50.0), replace(SAID, is_by_hand=True), "too_long"),
        (GOOD, Words("", fault="no_speech"), "no_speech"),
        (GOOD, Words("", fault="no_text"), "no_text"),
        (GOOD, Words("", is_by_hand=True, fault="removed"), "removed"),
        (GOOD, None, "no_text"),
    ],
)
def test_a_clip_is_kept_or_has_a_reason_in_two_languages(cut: Cut, words: Words | None, why: str):
    clip = report(cut, words)
    assert (clip.why, clip.is_kept) == (why, not why)
    assert not why or all(REASONS[why])


def test_the_summary_counts_what_can_be_used(tmp_path: Path):
    clips = [report(GOOD, SAID)] * 20 + [report(replace(GOOD, fault="silent", seconds=60), None)]
    assert summary(clips) == {
        "clips_kept": 20,
        "clips_dropped": {"silent": 1},
        "usable_minutes": 2.0,
        "total_minutes": 3.0,
        "languages": {"zh": 20},
    }
    assert save_report(tmp_path, clips, {"more": 1})["more"] == 1
    saved = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert saved["summary"]["clips_kept"] == 20
    assert saved["clips"][0]["text"] == "你好"
    assert saved["clips"][0]["is_kept"] is True
    assert summary([])["usable_minutes"] == 0
