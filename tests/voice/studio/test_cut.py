"""From recordings to clips on disk: names, levels, lengths, and what is not worth a file."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.studio_work import Job, character, silence, speech, wav_bytes
from voice.studio.convert import ConvertLimits, convert_recordings
from voice.studio.cut import Cut, clipped_share, cut_recordings
from voice.studio.folders import CharacterFolder
from voice.studio.refused import Refused
from voice.studio.slicing import SliceRules
from voice.studio.wav import RATE_HZ


def cut(folder: CharacterFolder, rules: SliceRules | None = None) -> list[Cut]:
    converted = convert_recordings(folder, ConvertLimits(), Job().step)
    return cut_recordings(folder, converted.files, rules or SliceRules(), Job().step)


def test_clips_are_files_named_by_their_place(tmp_path: Path):
    sound = np.concatenate([speech(), silence(1.5), speech("aishell")])
    cuts = cut(character(tmp_path, {"a.mp3": wav_bytes(sound)}))
    folder = CharacterFolder(tmp_path / "characters" / "小音")
    assert [one.name for one in cuts] == sorted(file.name for file in folder.sliced.glob("*.wav"))
    assert len(cuts) >= 2
    for one in cuts:
        samples, rate_hz = soundfile.read(folder.sliced / one.name, dtype="float32")
        start = round(one.start_s * RATE_HZ)
        assert one.name.startswith(f"a.mp3.wav_{start:010d}_")
        assert rate_hz == RATE_HZ
        assert len(samples) == round(one.seconds * RATE_HZ)
        original = sound[start : start + len(samples)]
        assert np.corrcoef(samples, original)[0, 1] > 0.999
        assert np.abs(samples).max() == pytest.approx(0.225 + 0.75 * np.abs(original).max(), abs=1e-3)


def test_none_is_longer_than_the_maximum_and_another_maximum_replaces_the_files(tmp_path: Path):
    folder = character(tmp_path, {"a.wav": wav_bytes(np.tile(speech(), 2))})
    before = {one.name for one in cut(folder)}
    after = cut(folder, SliceRules(max_length_ms=2500))
    assert max(one.seconds for one in after) <= 2.5
    assert sum(one.seconds for one in after) > 15
    present = {file.name for file in folder.sliced.glob("*.wav")}
    assert present == {one.name for one in after if not one.fault}
    assert before - present


def test_silence_gets_no_file_but_a_reason(tmp_path: Path):
    hiss = (0.001 * np.random.default_rng(0).standard_normal(3 * RATE_HZ)).astype(np.float32)
    folder = character(tmp_path, {"hiss.wav": wav_bytes(hiss), "x.wav": wav_bytes(speech())})
    assert {one.source: one.fault for one in cut(folder) if one.fault} == {"hiss.wav.wav": "silent"}
    assert {file.name.split("_")[0] for file in folder.sliced.glob("*.wav")} == {"x.wav.wav"}


def test_what_is_shorter_than_training_takes_gets_no_file(tmp_path: Path):
    folder = character(
        tmp_path, {"a.wav": wav_bytes(speech()[RATE_HZ : RATE_HZ + 12_000]), "b.wav": wav_bytes(speech())}
    )
    assert [one.fault for one in cut(folder) if one.source == "a.wav.wav"] == ["too_short"]
    assert not list(folder.sliced.glob("a.wav*"))


def test_nothing_but_silence_is_a_failure_in_both_languages(tmp_path: Path):
    folder = character(tmp_path, {"a.wav": wav_bytes(silence(5))})
    with pytest.raises(Refused, match="only silence") as refusal:
        cut(folder)
    assert "静音" in refusal.value.chinese


def test_overdriven_recordings_are_told_from_loud_ones():
    tone = np.sin(np.arange(32_000) / 20).astype(np.float32)
    assert clipped_share(np.clip(3 * tone, -1, 1)) > 0.5
    assert clipped_share(0.99 * tone) == 0
    assert clipped_share(np.zeros(0, np.float32)) == 0
