"""What a training says for itself: its report, its pace, its curves, and what is said before it."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.studio_work import Job
from tts.gpt_sovits.training.refused import TrainingRefused
from tts.gpt_sovits.training.remarks import DroppedClip
from voice.studio.folders import CharacterFolder
from voice.studio.refused import Refused
from voice.studio.training_advice import advice, sensible_epochs_s2
from voice.studio.training_follower import SKIPPED, Curves, Follower, refusing
from voice.studio.training_names import GPT, SEMANTIC, SOVITS, TEXT
from voice.studio.training_pace import measured_pace
from voice.studio.training_record import begin
from voice.studio.training_report import FILE, MOST_NAMED, dropped_facts, note, outcome, read_report


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    folder.experiment.mkdir(parents=True)
    return folder


def dropped(*names: str) -> list[dict[str, str]]:
    return dropped_facts([DroppedClip(name, "It is silent.", "没有声音。") for name in names])


def test_a_clip_is_named_once_with_its_first_reason(folder: CharacterFolder):
    note(folder, TEXT, dropped=dropped("a.wav"))
    note(folder, SEMANTIC, dropped=dropped("a.wav", "b.wav"))
    note(folder, SOVITS, remarks=[{"en": "Less.", "zh": "少。"}], picked={"epoch": 4})
    told = outcome(folder)
    assert [(clip["name"], clip["step"]) for clip in told["dropped"]] == [("a.wav", TEXT), ("b.wav", SEMANTIC)]
    assert (told["dropped_count"], told["remarks"], told["picked"]) == (
        2,
        [{"en": "Less.", "zh": "少。"}],
        {SOVITS: {"epoch": 4}},
    )


def test_a_step_that_is_done_again_replaces_its_section(folder: CharacterFolder):
    note(folder, TEXT, dropped=dropped("a.wav"))
    note(folder, TEXT, dropped=[])
    assert outcome(folder)["dropped_count"] == 0


def test_a_result_names_a_hundred_clips(folder: CharacterFolder):
    note(folder, TEXT, dropped=dropped(*(f"{number}.wav" for number in range(MOST_NAMED + 20))))
    told = outcome(folder)
    assert (told["dropped_count"], len(told["dropped"])) == (MOST_NAMED + 20, MOST_NAMED)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"train_gpt": 3, "x": {}}', b"\xff"])
def test_a_damaged_report_is_none(folder: CharacterFolder, content: bytes):
    (folder.root / FILE).write_bytes(content)
    assert read_report(folder) == {}
    assert outcome(folder)["picked"] == {}


def test_another_training_keeps_nothing_of_what_this_one_said(folder: CharacterFolder):
    begin(folder, "one")
    note(folder, TEXT, dropped=dropped("a.wav"))
    for name in ("samples", "tensorboard"):
        (folder.experiment / name).mkdir()
    begin(folder, "one")
    assert outcome(folder)["dropped_count"] == 1
    begin(folder, "two")
    assert read_report(folder) == {}
    assert not {"samples", "tensorboard"} & set(os.listdir(folder.experiment))


def test_the_pace_is_that_of_the_training_alone(monkeypatch: pytest.MonkeyPatch):
    now_s = 0.0

    def later(seconds: float) -> None:
        nonlocal now_s
        now_s += seconds

    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    follower = Follower(Job().step, listen=lambda path: later(1000))
    assert follower.whole_s is None
    for batch in range(SKIPPED + 10):
        later(100 if batch < SKIPPED else 2)
        follower.progress((batch + 1) / 100)
        follower.exported(Path("weights"))
    assert follower.whole_s == pytest.approx(200)


def test_curves_are_written_for_tensorboard(tmp_path: Path):
    pytest.importorskip("tensorboardX")
    job, lines = Job(), []
    curves = Curves(tmp_path / "gpt", lambda *line: lines.append(line))
    Follower(job.step, curves).point(3, loss=2.5)
    curves.close()
    (file,) = (tmp_path / "gpt").iterdir()
    assert b"loss" in file.read_bytes()
    assert [(line["step"], line["loss"]) for line in job.lines] == [(3, 2.5)]
    assert lines == []


def test_without_tensorboard_it_says_so_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("voice.studio.training_follower.find_spec", lambda name: None)
    lines: list[tuple[str, str, str]] = []
    curves = Curves(tmp_path / "gpt", lambda *line: lines.append(line))
    curves.point(1, {"loss": 1.0})
    curves.close()
    ((english, _, chinese),) = lines
    assert "tensorboardX is not installed" in english
    assert "未安装 tensorboardX" in chinese
    assert not (tmp_path / "gpt").exists()


def test_what_trainings_refuse_the_studio_refuses():
    with pytest.raises(Refused, match="Too few") as refusal, refusing():
        raise TrainingRefused("Too few.", "太少。")
    assert refusal.value.chinese == "太少。"


def paced(folder: Path, device: str, pace: Any, changed_s: float) -> None:
    character = CharacterFolder(folder)
    folder.mkdir(parents=True)
    note(character, SOVITS, device=device, s_per_clip=pace)
    note(character, GPT, device=device, s_per_clip=0.5)
    os.utime(folder / FILE, (changed_s, changed_s))


def test_the_newest_measured_pace_of_this_hardware_counts(tmp_path: Path):
    assert measured_pace(tmp_path, "cpu") is None
    paced(tmp_path / "old", "cpu", 3.0, 100)
    paced(tmp_path / "new", "cpu", 2.0, 200)
    paced(tmp_path / "unmeasured", "cpu", None, 300)
    paced(tmp_path / "on_gpu", "cuda:1", 0.1, 400)
    assert measured_pace(tmp_path, "cpu") == (2.0, 0.5)
    assert measured_pace(tmp_path, "gpu") == (0.1, 0.5)


def test_sensible_epochs_grow_with_speech_and_stay_in_bounds():
    assert [sensible_epochs_s2(60 * minutes) for minutes in (1, 10, 30, 300)] == [8, 8, 15, 24]


def test_enough_speech_and_usual_epochs_need_no_advice():
    assert advice([5.0] * 100, 8, 15) == []


def test_too_many_epochs_and_too_little_speech_are_told():
    english = [sentence for sentence, _ in advice([4.0] * 10, 50, 15)]
    assert [sentence.split()[0] for sentence in english] == ["There", "With", "50"]
    assert "at least 2 clips" in advice([4.0], 8, 15)[0][0]
    assert all(chinese for _, chinese in advice([4.0] * 10, 50, 15))
