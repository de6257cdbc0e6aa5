"""The training job: its steps and progress, what it leaves, and what another attempt does not do again."""

import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.studio_work import Job
from tests.support.trained import listed
from tests.support.training_jobs import FUNCTIONS, story
from voice.jobs.work import JobCancelled, JobFailed
from voice.studio.folders import CharacterFolder
from voice.studio.models import newest_models
from voice.studio.refused import Refused
from voice.studio.train import train
from voice.studio.training_configs import config_s2
from voice.studio.training_plan import TrainingPlan, devices_for, plan_of
from voice.studio.training_steps import GPT, SEMANTIC, SOVITS, SPEAKER, STEPS, TEXT, StepFunction
from voice.studio.usable_devices import usable_devices


@pytest.fixture
def folder(tmp_path: Path) -> CharacterFolder:
    folder = CharacterFolder(tmp_path / "characters" / "bob")
    listed(folder)
    return folder


def parameters(folder: CharacterFolder, **more: Any) -> dict[str, Any]:
    told = {"folder": str(folder.root), "name": folder.name, "language": "zh", "batch_size": 16, "epochs_s2": 8}
    return {**told, "epochs_s1": 15, "gpu_id": "0", "version": "v2", "models_dir": "models", "key": "k", **more}


def run(folder: CharacterFolder, functions: Any = FUNCTIONS, **more: Any) -> Job:
    job = Job(parameters(folder, **more))
    job.result = train(job.work, functions)  # pyright: ignore[reportAttributeAccessIssue]
    return job


def failing(step: str) -> dict[str, StepFunction]:
    """Break down in this step, after its work."""

    def break_down(plan: TrainingPlan, told: Any) -> None:
        FUNCTIONS[step](plan, told)
        raise ZeroDivisionError

    return {**FUNCTIONS, step: break_down}


def done(folder: CharacterFolder, step: str) -> list[str]:
    return [line for line in story(folder.experiment) if line.split()[0] == step]


def test_the_steps_come_in_order_with_the_original_s_progress(folder: CharacterFolder):
    job = run(folder)
    assert [name for name, _ in job.stages] == list(STEPS)
    assert [progress for _, progress in job.stages] == pytest.approx([0, 100 / 6, 100 / 3, 50, 400 / 6, 500 / 6])
    told = [line["progress"] for line in job.lines if "progress" in line]
    assert told == sorted(told)
    assert [line["loss"] for line in job.lines if line["type"] == "point"][:2] == [1, 0.5]


def test_what_it_leaves(folder: CharacterFolder):
    job = run(folder)
    models = newest_models(folder)
    assert models
    assert (models.gpt.name, models.sovits.name) == ("bob-e15.ckpt", "bob_e8_s24.pth")
    nothing = {"dropped_count": 0, "dropped": [], "remarks": [], "picked": {}}
    made = {"gpt": "bob-e15.ckpt", "sovits": "bob_e8_s24.pth", "version": "v2", "clips": 3}
    assert job.result == {**made, **nothing}  # pyright: ignore[reportAttributeAccessIssue]
    names = {file.name for file in folder.experiment.iterdir()}
    assert {"2-name2text.txt", "5-wav32k", "6-name2semantic.tsv"} <= names
    assert not {"weights", "logs_s2_v2", "logs_s1_v2"} & names, "nothing goes on from here, and it would fill the disk"
    assert not list(folder.root.rglob("*.partial"))


def test_the_configurations_say_what_was_trained(folder: CharacterFolder):
    run(folder, epochs_s2=9, batch_size=6, version="v2ProPlus")
    s2 = json.loads((folder.root / "config_s2.json").read_text(encoding="utf-8"))
    s1 = yaml.safe_load((folder.root / "config_s1.yaml").read_text(encoding="utf-8"))
    assert (s2["train"]["epochs"], s2["train"]["batch_size"]) == (9, 3), "halved without half precision"
    assert (s2["train"]["save_every_epoch"], s2["train"]["text_low_lr_rate"]) == (4, 0.4)
    assert (s2["model"]["version"], s2["model"]["gin_channels"], s2["model"]["p_dropout"]) == ("v2ProPlus", 1024, 0)
    assert (s2["model"]["upsample_initial_channel"], s2["model"]["upsample_kernel_sizes"][0]) == (768, 20)
    assert (s1["train"]["epochs"], s1["train"]["save_every_n_epoch"], s1["train"]["if_dpo"]) == (15, 5, False)
    assert (s1["model"]["vocab_size"], s1["model"]["EOS"], s1["model"]["linear_units"]) == (1025, 1024, 2048)
    assert s1["train_phoneme_path"] == str(folder.experiment.absolute() / "2-name2text.txt")


def test_a_plan_for_gpus_is_in_half_precision(folder: CharacterFolder):
    plan = plan_of(parameters(folder), devices_for("0-1-2", "cuda:0"))
    assert (plan.devices, plan.is_half, plan.batch_size) == (("cuda:0", "cuda:1", "cuda:2"), True, 16)
    assert config_s2(plan)["train"]["gpu_numbers"] == "0-1-2"
    assert config_s2(replace(plan, devices=("cuda",)))["train"]["gpu_numbers"] == "0"


@pytest.mark.parametrize(
    ("gpu_id", "device", "devices"),
    [
        ("0", "cuda:1", ("cuda:1",)),
        ("0", "cuda", ("cuda",)),
        ("1", "cuda:0", ("cuda:1",)),
        ("0-0", "cuda:0", ("cuda:0", "cuda:0")),
        ("0-1", "cpu", ("cpu",)),
    ],
)
def test_whose_device_it_is(gpu_id: str, device: str, devices: tuple[str, ...]):
    assert devices_for(gpu_id, device) == devices


@pytest.mark.parametrize(
    ("there", "wanted", "used"),
    [(0, ("cuda:0",), ("cpu",)), (2, ("cuda:1",), ("cuda:1",)), (1, ("cuda",), ("cuda",)), (0, ("cpu",), ("cpu",))],
)
def test_a_gpu_that_torch_cannot_use_is_not_used(
    monkeypatch: pytest.MonkeyPatch, there: int, wanted: tuple[str, ...], used: tuple[str, ...]
):
    said: list[tuple[str, str, str]] = []
    monkeypatch.setattr("torch.cuda.is_available", lambda: there > 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: there)
    assert usable_devices(wanted, lambda *line: said.append(line)) == used
    assert bool(said) == (wanted != used)


def test_a_gpu_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    with pytest.raises(Refused, match="There is no GPU 2 here"):
        usable_devices(("cuda:0", "cuda:1", "cuda:2"), lambda *_: None)


@pytest.mark.parametrize("step", [SPEAKER, SOVITS, GPT])
def test_another_attempt_goes_on_where_the_first_broke_down(folder: CharacterFolder, step: str):
    with pytest.raises(JobFailed, match=f"^Step {step} failed: It ended unexpectedly"):
        run(folder, failing(step))
    assert newest_models(folder) is None, "half a training leaves no voice"
    before = story(folder.experiment)
    job = run(folder)
    assert any("goes on where it was left" in line for line in job.log)
    after = story(folder.experiment)[len(before) :]
    assert not [line for line in after if line in before and line != SPEAKER], "nothing is done twice"
    assert newest_models(folder)


def test_a_cancelled_training_goes_on_at_its_epoch(folder: CharacterFolder):
    job = Job(parameters(folder))

    def cancel_at(plan: TrainingPlan, step: Any) -> None:
        job.work._is_cancelled.set()
        FUNCTIONS[SOVITS](plan, step)

    with pytest.raises(JobCancelled):
        train(job.work, {**FUNCTIONS, SOVITS: cancel_at})
    assert len(done(folder, SOVITS)) == 0
    with pytest.raises(JobFailed):
        run(folder, failing(SOVITS))
    run(folder)
    assert len(done(folder, SOVITS)) == 8
    assert len(done(folder, TEXT)) == 3


def test_another_plan_begins_its_training_anew_but_keeps_features(folder: CharacterFolder):
    with pytest.raises(JobFailed):
        run(folder, failing(SOVITS))
    run(folder, key="other", epochs_s2=3)
    assert done(folder, SOVITS)[-3:] == [f"{SOVITS} 1", f"{SOVITS} 2", f"{SOVITS} 3"]
    assert len(done(folder, "extract_audio_features")) == 3, "the clips are the same"


def test_a_new_voice_replaces_the_old_one_only_when_it_is_complete(folder: CharacterFolder):
    folder.models.mkdir()
    for name in ("bob-e50.ckpt", "bob_e40_s99.pth", "bob2-e99.ckpt"):
        (folder.models / name).write_bytes(b"old")
    with pytest.raises(JobFailed):
        run(folder, failing(GPT))
    models = newest_models(folder)
    assert models
    assert models.gpt.read_bytes() == models.sovits.read_bytes() == b"old"
    run(folder)
    assert {file.name for file in folder.models.iterdir()} == {"bob-e15.ckpt", "bob_e8_s24.pth", "bob2-e99.ckpt"}


@pytest.mark.parametrize("calls", range(8))
def test_moving_the_weights_may_be_cut_off_anywhere(
    folder: CharacterFolder, monkeypatch: pytest.MonkeyPatch, calls: int
):
    """A disk that fails at the n-th change of a file; then it is mended."""
    folder.models.mkdir()
    for name in ("bob-e50.ckpt", "bob_e40_s99.pth"):
        (folder.models / name).write_bytes(b"old")
    left, is_exported = calls, False

    real = {"replace": os.replace, "unlink": Path.unlink}

    def counted(name: str) -> Any:
        def change(*arguments: Any, **options: Any) -> Any:
            nonlocal left, is_exported
            is_exported = is_exported or (folder.experiment / "weights" / "bob-e15.ckpt").exists()
            if is_exported:
                left -= 1
                if left == -1:
                    raise OSError(5, "Input/output error")
            return real[name](*arguments, **options)

        return change

    with monkeypatch.context() as patched:
        patched.setattr("os.replace", counted("replace"))
        patched.setattr(Path, "unlink", counted("unlink"))
        with suppress(JobFailed):
            run(folder)
    run(folder)
    models = newest_models(folder)
    assert models
    assert (models.gpt.read_bytes(), models.sovits.read_bytes()) == (b"gpt", b"sovits")
    assert len(done(folder, GPT)) == 15, "nothing is trained twice"
    assert len(list(folder.models.iterdir())) == 2


def test_without_weights_it_failed(folder: CharacterFolder):
    def nothing(plan: TrainingPlan, step: Any) -> None:
        pass

    with pytest.raises(JobFailed, match=f"Step {GPT} failed: The training has left no weights"):
        run(folder, {**FUNCTIONS, GPT: nothing})


def test_without_clips_it_fails_at_once(folder: CharacterFolder):
    for file in folder.sliced.iterdir():
        file.unlink()
    with pytest.raises(JobFailed, match=f"Step {TEXT} failed: The clips are gone"):
        run(folder)
    (folder.experiment / "clips.list").unlink()
    with pytest.raises(JobFailed, match=f"Step {TEXT} failed: There is no transcript"):
        run(folder)


def test_features_see_the_clips_with_their_texts(folder: CharacterFolder):
    run(folder)
    rows = (folder.experiment / "2-name2text.txt").read_text(encoding="utf-8").splitlines()
    assert [row.split("\t")[0] for row in rows] == ["0.wav", "1.wav", "2.wav"]
    assert len(done(folder, SEMANTIC)) == 1
