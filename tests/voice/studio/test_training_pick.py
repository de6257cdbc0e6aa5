"""Samples of a training's epochs: kept, heard, and the best one picked; the pick is what the character speaks with."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.recognizer import Heard
from tests.support.studio_work import Job, speech
from tests.support.trained import listed
from voice.jobs.work import JobCancelled
from voice.studio import training_samples
from voice.studio.folders import CharacterFolder
from voice.studio.models import PICKED, epoch_of, newest_models, pick, renamed_with
from voice.studio.refused import Refused
from voice.studio.training_pick import Judged, best, character_errors, judged
from voice.studio.training_plan import plan_of
from voice.studio.training_samples import FOLDER, Sample, Samples, read_samples
from voice.studio.transcribe import HearingOptions
from voice.studio.wav import save_wav

TEXT = "今天的天气真好，我们一起去公园散步，好不好？"


def sample(epoch: int, **more: Any) -> Sample:
    about = {"weights": f"bob_e{epoch}_s{epoch}.pth", "file": f"sovits-e{epoch}.wav", "text": TEXT, "language": "zh"}
    return Sample("sovits", epoch, **{**about, **more}, seconds=2.0)


def found(*errors: float) -> list[Judged]:
    return [Judged(sample(4 * number), "", each) for number, each in enumerate(errors, 1)]


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("今天好。", "今天好", 0),
        ("今天好", "今天不好", 1 / 3),
        ("Good day!", "good DAY", 0),
        ("abc", "", 1),
        ("abc", "xbcd", 2 / 3),
        ("Ａ1", "a1", 0),
    ],
)
def test_errors_count_letters_alone(said: str, heard: str, errors: float):
    assert character_errors(said, heard) == pytest.approx(errors)


@given(st.text(max_size=20), st.text(max_size=20))
def test_errors_are_a_distance(said: str, heard: str):
    there, back = character_errors(said, heard), character_errors(heard, said)
    letters = [sum(char.isalnum() for char in text) for text in (said, heard)]
    assert character_errors(said, said) == 0
    assert there >= 0
    if "".join(filter(str.isascii, said + heard)) == said + heard:  # elsewhere one letter may become two
        assert there * max(letters[0], 1) == pytest.approx(back * max(letters[1], 1))
        assert there * max(letters[0], 1) <= max(letters) + 1e-9


def test_the_best_is_understood_best_and_of_equals_the_latest():
    assert best(found(0.2, 0.1, 0.3)) == found(0.2, 0.1, 0.3)[1]
    assert best(found(0.1, 0.1, 0.3)) == found(0.1, 0.1, 0.3)[1]
    assert best(found(0.1, 0.2, 0.1)) == found(0.1, 0.2, 0.1)[2]


def test_where_nothing_is_understood_nothing_is_picked():
    assert best(found(0.9, 0.6, 1.0)) is None
    assert best([]) is None


class Ears:
    """Understands more of longer samples."""

    def __init__(self, name: str = "sensevoice"):
        self.name = name

    def load(self) -> None:
        pass

    def transcribe(self, samples: np.ndarray, language: str = "") -> Heard:
        return Heard(TEXT[: len(samples) // 1600], language)

    def close(self) -> None:
        pass


def pcm(samples: int) -> bytes:
    return (speech()[:samples] * 32767).astype("<i2").tobytes()


@pytest.mark.parametrize(("name", "epochs"), [("sensevoice", [4, 8]), ("pocketsphinx", [])])
def test_samples_are_heard_where_a_recogniser_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, epochs: list[int]
):
    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (Ears(name), ("", "")))
    for epoch in (4, 8):
        save_wav(tmp_path / f"sovits-e{epoch}.wav", pcm(epoch * 3200))
    job = Job()
    told = judged([sample(4), sample(8)], tmp_path, HearingOptions(tmp_path), job.step)
    assert [one.sample.epoch for one in told] == epochs
    assert bool(job.log) is (not epochs), "it is said when nothing judges them"
    if epochs:
        assert told[1].errors < told[0].errors


def test_a_recogniser_that_breaks_ends_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Broken(Ears):
        def load(self) -> None:
            raise RuntimeError("no memory")

    monkeypatch.setattr("asr.choose.choose", lambda *_, **__: (Broken(), ("broken", "坏了")))
    for epoch in (4, 8):
        save_wav(tmp_path / f"sovits-e{epoch}.wav", pcm(32_000))
    job = Job()
    assert judged([sample(4), sample(8)], tmp_path, HearingOptions(tmp_path), job.step) == []
    assert "no memory" in job.log[0]


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    listed(folder)
    folder.models.mkdir()
    for name in ("bob-e5.ckpt", "bob-e10.ckpt", "bob_e4_s20.pth", "bob_e8_s40.pth"):
        (folder.models / name).write_bytes(name.encode())
    return folder


def names(folder: CharacterFolder) -> tuple[str, str]:
    models = newest_models(folder)
    assert models
    return models.gpt.name, models.sovits.name


def test_what_was_picked_is_spoken_with(folder: CharacterFolder):
    assert names(folder) == ("bob-e10.ckpt", "bob_e8_s40.pth")
    pick(folder.models, {"gpt": 5})
    assert names(folder) == ("bob-e5.ckpt", "bob_e8_s40.pth")
    pick(folder.models, {"sovits": 4, "gpt": 7})
    assert names(folder) == ("bob-e10.ckpt", "bob_e4_s20.pth"), "what is not there cannot be spoken with"
    pick(folder.models, {})
    assert names(folder) == ("bob-e10.ckpt", "bob_e8_s40.pth")
    assert not (folder.models / PICKED).exists()


@pytest.mark.parametrize("content", ["", "[]", '{"gpt": "5"}', '{"gpt": null, "sovits": [4]}', "\xff"])
def test_a_damaged_pick_is_none(folder: CharacterFolder, content: str):
    (folder.models / PICKED).write_bytes(content.encode("latin-1"))
    assert names(folder) == ("bob-e10.ckpt", "bob_e8_s40.pth")


def test_a_pick_survives_another_name(folder: CharacterFolder):
    pick(folder.models, {"gpt": 5, "sovits": 4})
    with renamed_with(folder, "eve"):
        folder.root.rename(folder.root.with_name("eve"))
    assert names(CharacterFolder(folder.root.with_name("eve"))) == ("eve-e5.ckpt", "eve_e4_s20.pth")


def test_epochs_are_read_from_names():
    assert epoch_of(Path("bob-e5.ckpt"), "bob") == 5
    assert epoch_of(Path("bob_e8_s40.pth"), "bob") == 8
    assert epoch_of(Path("bob2-e5.ckpt"), "bob") is None


@pytest.mark.slow
def test_without_models_a_sample_is_missed_and_the_training_goes_on(folder: CharacterFolder):
    told = {"folder": str(folder.root), "name": "bob", "language": "zh", "batch_size": 1, "epochs_s2": 4}
    more = {"epochs_s1": 5, "version": "v2", "models_dir": str(folder.root / "none"), "key": "k"}
    job = Job()
    samples = Samples(plan_of({**told, **more}, ("cpu",)), "sovits", None, job.step)
    assert samples.complete([folder.models / "bob_e4_s20.pth"]) == []
    assert job.log[0].startswith("The sample sovits-e4.wav could not be spoken: ")


@pytest.mark.skipif(sys.platform == "win32", reason="the status is that of POSIX")
def test_a_cancelled_job_does_not_wait_for_its_sample(monkeypatch: pytest.MonkeyPatch):
    children: list[subprocess.Popen[str]] = []

    class Noted(subprocess.Popen):
        def __init__(self, *arguments: Any, **options: Any):
            super().__init__(*arguments, **options)
            children.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    monkeypatch.setattr("voice.studio.training_samples.LOOKED_AFTER_EVERY_S", 0.001)
    job = Job()
    job.work._is_cancelled.set()
    with pytest.raises(JobCancelled):
        training_samples._asked({}, job.step)
    assert [child.poll() for child in children] == [-signal.SIGKILL]


def test_a_list_of_samples_that_is_damaged_is_none(folder: CharacterFolder):
    place = folder.experiment / FOLDER
    place.mkdir(parents=True)
    for content in ("", "[1]", json.dumps([{"half": "gpt"}]), "{}"):
        (place / "samples.json").write_text(content)
        assert read_samples(folder.experiment) == []


def test_room_on_the_disk_is_asked_for_before(tmp_path: Path):
    from voice.studio.training_room import bytes_needed, require_room

    (tmp_path / "gsv-v2final-pretrained").mkdir()
    (tmp_path / "gsv-v2final-pretrained" / "s2G2333k.pth").write_bytes(bytes(1000))
    assert bytes_needed(tmp_path, "v2", 8, 15) == 3 * 6 * 2000 + 2 * 1000
    require_room(tmp_path, 1)
    with pytest.raises(Refused, match="GB of disk, and"):
        require_room(tmp_path, 10**18)
