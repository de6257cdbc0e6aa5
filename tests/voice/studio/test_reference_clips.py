"""Which clips a voice is taken from: the ordinary ones first, in an order that is always the same."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.made_character import add_clips, made_character
from tts.gpt_sovits.references import ReferenceRefused, main_clip
from voice.studio.characters import Characters
from voice.studio.clip_files import NothingProcessed, correct
from voice.studio.folders import CharacterFolder
from voice.studio.reference_clips import EXTRAS, SpokenClip, best_first, extras_beside, spoken_clips

GOOD = SpokenClip(Path("good.wav"), "今天天气真不错啊今天天气", "zh", 5.0, -20.0)
texts = st.text(st.characters(codec="utf-8"), max_size=40)
lengths = st.floats(0.2, 40)
clips_of = st.lists(
    st.builds(
        SpokenClip,
        file=st.integers(0, 99).map(lambda number: Path(f"{number}.wav")),
        text=texts,
        language=st.just("zh"),
        seconds=lengths,
        loudness_db=st.none() | st.floats(-60, 0),
        confidence=st.floats(0, 1),
        is_overdriven=st.booleans(),
    ),
    max_size=20,
    unique_by=lambda clip: clip.file,
)


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    return made_character(tmp_path)


@pytest.mark.parametrize(
    "worse",
    [
        {"seconds": 9.5},
        {"seconds": 3.1},
        {"loudness_db": -40.0},
        {"loudness_db": -8.0},
        {"confidence": 0.3},
        {"is_overdriven": True},
        {"text": "嗯"},
        {"text": "今天天气真不错啊" * 12},
    ],
    ids=str,
)
def test_what_is_unlike_the_others_comes_last(worse: dict):
    others = [replace(GOOD, file=Path(f"{number}.wav"), seconds=4.8 + number / 10) for number in range(5)]
    bad = replace(GOOD, file=Path("bad.wav"), **worse)
    assert best_first([bad, *others])[-1] == bad


@given(clips=clips_of, seed=st.integers(0, 9))
def test_the_order_does_not_depend_on_the_order_found(clips: list[SpokenClip], seed: int):
    shuffled = random.Random(seed).sample(clips, len(clips))
    best = best_first(clips)
    assert best == best_first(shuffled)
    assert {clip.file for clip in best} == {clip.file for clip in clips if 3 < clip.seconds < 10 and clip.can_lead}
    if best:
        extras = extras_beside(best[0], {clip.file.name: clip for clip in clips})
        assert best[0] not in extras
        assert len(set(extras)) == len(extras) <= EXTRAS
        assert extras[: len(best) - 1] == tuple(best[1 : EXTRAS + 1])


def test_only_what_the_engine_takes_may_lead(folder: CharacterFolder):
    """The engine measures the file, the report has rounded it."""
    lengths_s = [2.9, 2.999, 3.0, 3.004, 3.02, 5.0, 9.98, 9.996, 10.0, 10.02]
    add_clips(folder, *({"name": f"{seconds}.wav", "seconds": seconds} for seconds in lengths_s))
    leading = best_first(spoken_clips(folder).values())
    assert {clip.seconds for clip in leading} == {3.02, 5.0, 9.98}
    for clip in leading:
        assert main_clip(clip.file).duration_s == pytest.approx(clip.seconds, abs=0.001)
    with pytest.raises(ReferenceRefused):
        main_clip(folder.sliced / "2.999.wav")


def test_dropped_clips_serve_nobody_and_the_transcript_has_the_last_word(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"}, {"name": "b.wav", "why": "clipped"}, {"name": "c.wav"})
    (folder.sliced / "c.wav").unlink()
    assert set(spoken_clips(folder)) == {"a.wav"}
    correct(folder, Characters(folder.root.parent.parent).get("bob"), "a.wav", "这才是说的话")
    assert spoken_clips(folder)["a.wav"].text == "这才是说的话"


def test_before_processing_there_is_nothing(folder: CharacterFolder):
    with pytest.raises(NothingProcessed):
        spoken_clips(folder)


def test_folders_of_the_original_service_have_no_report_and_speak(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav", "seconds": 5.0}, {"name": "b.wav", "seconds": 2.0})
    (folder.root / "clips.json").unlink()
    (folder.sliced / "torn.wav").write_bytes(b"RIFF")
    found = spoken_clips(folder)
    assert {name: clip.can_lead for name, clip in found.items()} == {"a.wav": True, "b.wav": False}


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"summary": 1}', '{"summary": {}, "clips": [7]}'])
def test_a_damaged_report_costs_only_what_it_knew(folder: CharacterFolder, damage: str):
    add_clips(folder, {"name": "a.wav", "confidence": 0.5})
    assert spoken_clips(folder)["a.wav"].confidence == 0.5
    (folder.root / "clips.json").write_text(damage)
    assert spoken_clips(folder)["a.wav"].seconds == pytest.approx(4.0)
    assert spoken_clips(folder)["a.wav"].confidence == 1.0


@pytest.mark.parametrize("field", ["seconds", "confidence", "peak", "loudness_db"])
@pytest.mark.parametrize("value", ["a word", [], {}, float("nan")])
def test_a_report_with_odd_values_costs_only_what_it_knew(folder: CharacterFolder, field: str, value: object):
    add_clips(folder, {"name": "a.wav"})
    report = json.loads((folder.root / "clips.json").read_text())
    report["clips"][0][field] = value
    (folder.root / "clips.json").write_text(json.dumps(report))
    assert [clip.file.name for clip in best_first(spoken_clips(folder).values())] == ["a.wav"]


def test_a_clip_without_a_rate_is_no_clip(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"}, {"name": "b.wav"})
    (folder.root / "clips.json").unlink()
    sound = bytearray((folder.sliced / "b.wav").read_bytes())
    sound[24:28] = bytes(4)
    (folder.sliced / "b.wav").write_bytes(sound)
    assert list(spoken_clips(folder)) == ["a.wav"]


def test_denoised_clips_are_taken_where_there_are_some(folder: CharacterFolder):
    add_clips(folder, {"name": "a.wav"})
    folder.denoised.mkdir()
    (folder.denoised / "a.wav").write_bytes((folder.sliced / "a.wav").read_bytes())
    assert spoken_clips(folder)["a.wav"].file == folder.denoised / "a.wav"
    assert json.loads((folder.root / "clips.json").read_text())["clips"]
