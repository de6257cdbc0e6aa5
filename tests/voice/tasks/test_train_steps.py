"""Training steps as tasks ask for them: which base weights they mean, and when a training is the same again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.studio_work import Job
from tts.gpt_sovits.base_models import BASE_MODELS
from voice.studio.base_weights import Asked, asked_weights
from voice.studio.refused import Refused
from voice.tasks import train_steps
from voice.tasks.requests import S1, S2D, S2G, SovitsRequest
from voice.tasks.task import TrainingTask

USUAL = Asked("", "", S2G, S2D, S1)
V2, PRO = BASE_MODELS["v2"], BASE_MODELS["v2ProPlus"]


def put(models: Path, *names: str) -> None:
    for name in names:
        (models / name).parent.mkdir(parents=True, exist_ok=True)
        (models / name).write_bytes(b"PK\x03\x04 begins a checkpoint")


def found(models: Path, asked: Asked = USUAL) -> tuple[Path | None, Path | None, Path | None]:
    weights = asked_weights(models, asked, S2G, S2D, S1)
    return weights.files.sovits, weights.files.gpt, weights.discriminators


@pytest.fixture(autouse=True)
def nobody_elses_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("MODELSCOPE_CACHE", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))


def test_upstreams_paths_mean_what_lies_here(tmp_path: Path):
    put(tmp_path, V2.gpt, V2.sovits, V2.sovits.replace("s2G", "s2D"))
    assert found(tmp_path) == (tmp_path / V2.sovits, tmp_path / V2.gpt, tmp_path / V2.sovits.replace("s2G", "s2D"))


@pytest.mark.parametrize("name", ["/etc/passwd/s2Gv2Pro.pth", "C:\\models\\s2Gv2Pro.pth", "../../s2Gv2Pro.pth"])
def test_only_the_end_of_a_name_counts(tmp_path: Path, name: str):
    put(tmp_path, "v2Pro/s2Gv2Pro.pth", V2.gpt, V2.sovits)
    assert found(tmp_path, replace(USUAL, sovits=name))[0] == tmp_path / "v2Pro/s2Gv2Pro.pth"


def test_what_lies_elsewhere_is_not_found(tmp_path: Path):
    put(tmp_path / "models", V2.gpt, V2.sovits)
    put(tmp_path, "own.pth")
    for name in (str(tmp_path / "own.pth"), "../own.pth"):
        with pytest.raises(Refused, match="There is no 'own"):
            found(tmp_path / "models", replace(USUAL, sovits=name))


def test_requests_with_nothing_in_mind_get_the_models_that_are_here(tmp_path: Path):
    put(tmp_path, PRO.gpt, PRO.sovits, PRO.sovits.replace("s2G", "s2D"), "sv/pretrained_eres2netv2w24s4ep4.ckpt")
    put(tmp_path, V2.gpt)  # of half a set nothing is taken, or features and weights would not belong together
    judges = tmp_path / PRO.sovits.replace("s2G", "s2D")
    assert found(tmp_path) == (tmp_path / PRO.sovits, tmp_path / PRO.gpt, judges)


def test_discriminators_are_those_of_the_generator(tmp_path: Path):
    put(tmp_path, V2.gpt, V2.sovits, V2.sovits.replace("s2G", "s2D"), PRO.sovits, PRO.sovits.replace("s2G", "s2D"))
    asked = replace(USUAL, sovits=PRO.sovits)
    assert found(tmp_path, asked)[2] == tmp_path / PRO.sovits.replace("s2G", "s2D")


@pytest.fixture
def task(tmp_path: Path) -> TrainingTask:
    put(tmp_path / "models", V2.gpt, V2.sovits)
    experiment = tmp_path / "experiment"
    experiment.mkdir()
    for table in train_steps.TABLES:
        (experiment / table).write_text("a\n")
    return TrainingTask(request(), experiment, tmp_path / "weights", tmp_path / "models", device="cpu")


def request(**more: Any) -> SovitsRequest:
    return SovitsRequest(exp_name="me", user_id="u", session_id="s", total_epoch=4, save_every_epoch=2, **more)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A note for each training: how many checkpoints it found."""
    calls: list[int] = []

    def train(wish: Any, step: Any) -> list[Path]:
        calls.append(len(list(wish.run.glob("step-*"))))
        (wish.run / "step-1").mkdir(parents=True, exist_ok=True)
        if calls[-1:] == [0] and len(calls) == 1:
            raise RuntimeError("cut off")
        wish.exports.mkdir(exist_ok=True)
        made = [wish.exports / f"me_e{epoch}_s{epoch}.pth" for epoch in (2, 4)]
        for file in made:
            file.write_bytes(b"weights")
        return made

    monkeypatch.setattr(train_steps, "train_sovits_half", train)
    return calls


def train(task: TrainingTask) -> list[str]:
    job = Job()
    train_steps.train_sovits(task, job.step)
    return job.log


def test_a_training_that_was_cut_off_goes_on_and_a_complete_one_stays(task: TrainingTask, trained: list[int]):
    with pytest.raises(RuntimeError):
        train(task)
    train(task)
    assert trained == [0, 1], "it has found its checkpoint"
    assert "complete already" in train(task)[0]
    assert trained == [0, 1]
    assert not list(task.experiment.glob("logs_s2/step-*")), "gigabytes that nobody goes on from"


def test_another_training_never_goes_on_from_this_ones_checkpoints(task: TrainingTask, trained: list[int]):
    with pytest.raises(RuntimeError):
        train(task)
    train(replace(task, request=request(batch_size=7)))
    assert trained == [0, 0]
    (task.experiment / train_steps.TABLES[0]).write_text("b\n")
    train(replace(task, request=request(batch_size=7)))
    assert trained == [0, 0, 0]


def test_the_last_weights_alone_are_kept_when_that_is_asked(task: TrainingTask, trained: list[int]):
    trained.append(0)
    train(replace(task, request=request(if_save_every_weights=False)))
    assert [file.name for file in task.weights.iterdir()] == ["me_e4_s4.pth"]


def test_without_features_it_says_what_to_do(task: TrainingTask):
    (task.experiment / train_steps.TABLES[0]).unlink()
    with pytest.raises(Refused, match="do open1abc first"):
        train(task)


def test_features_of_another_folder_are_used_where_it_has_some(task: TrainingTask, trained: list[int], tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    (other / train_steps.TABLES[0]).write_text("a\n")
    assert train_steps._features_of(replace(task, source=other)) == other
    assert train_steps._features_of(replace(task, source=tmp_path)) == task.experiment
