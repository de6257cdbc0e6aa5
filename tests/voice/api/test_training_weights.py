"""Epochs chosen by hand, over a real socket: shown, refused, kept, and gone with the voice that they belong to."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.support.studio_routes import StudioClient, studio_client
from tests.support.studio_work import Job
from tests.support.trained import plausible_weights
from tests.support.training_jobs import FUNCTIONS
from voice.jobs.work import JobFailed
from voice.studio.folders import CharacterFolder
from voice.studio.models import PICKED, pick
from voice.studio.train import train
from voice.studio.training_names import GPT, SOVITS
from voice.studio.training_plan import TrainingPlan
from voice.studio.training_report import note
from voice.studio.training_samples import FOLDER, LIST, HalfName, Sample, read_samples

WEIGHTS = "/characters/bob/training/weights"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    plausible_weights(tmp_path / "models")
    return tmp_path


@pytest.fixture
def client(place: Path) -> Iterator[StudioClient]:
    with studio_client(StudioClient(place, place / "models")) as client:
        yield client


@pytest.fixture
def bob(client: StudioClient) -> CharacterFolder:
    """Epochs 4 and 8 of SoVITS, 5, 10 and 15 of GPT; 8 and 10 are what the training has picked."""
    folder = client.trained()
    for name in ("bob_e4_s12.pth", "bob-e5.ckpt", "bob-e10.ckpt"):
        (folder.models / name).write_bytes(b"PK\x03\x04 begins a checkpoint")
    pick(folder.models, {"sovits": 8, "gpt": 10})
    return folder


def used(client: StudioClient) -> tuple[int | None, int | None]:
    status, shown = client("GET", WEIGHTS)
    assert status == 200
    return shown["sovits"]["epoch"], shown["gpt"]["epoch"]


def test_an_epoch_is_chosen_and_the_other_half_stays(client: StudioClient, bob: CharacterFolder):
    before = {"sovits": {"epoch": 8, "epochs": [4, 8]}, "gpt": {"epoch": 10, "epochs": [5, 10, 15]}}
    assert client("GET", WEIGHTS) == (200, before)
    after = {"sovits": {"epoch": 4, "epochs": [4, 8]}, "gpt": {"epoch": 10, "epochs": [5, 10, 15]}}
    assert client("PUT", WEIGHTS, json={"sovits": 4}) == (200, after)
    assert client("PUT", WEIGHTS, json={"sovits": None, "gpt": 5})[1]["sovits"]["epoch"] == 4
    assert used(client) == (4, 5)
    _, done = client("GET", "/characters/bob/training/status")
    assert (Path(done["sovits_model_path"]).name, Path(done["gpt_model_path"]).name) == (
        "bob_e4_s12.pth",
        "bob-e5.ckpt",
    )
    assert done["status"] == "completed", "another epoch outdates nothing"


def test_a_text_is_spoken_with_what_was_chosen(client: StudioClient, bob: CharacterFolder):
    client("PUT", WEIGHTS, json={"sovits": 4, "gpt": 15})
    assert client("POST", "/inference", json={"character_name": "bob", "target_text": "你好"})[0] == 200
    parameters = client.claim().job.parameters
    assert (parameters["sovits"], parameters["gpt"]) == ("models/bob_e4_s12.pth", "models/bob-e15.ckpt")


def test_the_choice_outlasts_a_restart_and_another_name(client: StudioClient, bob: CharacterFolder, place: Path):
    client("PUT", WEIGHTS, json={"sovits": 4, "gpt": 5})
    with studio_client(StudioClient(place, place / "models")) as again:
        assert used(again) == (4, 5)
        assert again("PUT", "/characters/bob", json={"new_name": "小音"})[0] == 200
        assert again("GET", WEIGHTS.replace("bob", "小音"))[1]["gpt"]["epoch"] == 5


@pytest.mark.parametrize(
    ("half", "name", "there"), [("sovits", "SoVITS", "4, 8"), ("gpt", "GPT", "5, 10, 15")], ids=["sovits", "gpt"]
)
def test_an_epoch_that_is_not_saved_is_404_and_changes_nothing(
    client: StudioClient, bob: CharacterFolder, half: str, name: str, there: str
):
    other = {"gpt": 5} if half == "sovits" else {"sovits": 4}
    status, refusal = client("PUT", WEIGHTS, json={half: 7, **other})
    assert status == 404
    assert refusal["detail_en"] == f"bob has no {name} weights of epoch 7; those saved are of {there}."
    chinese = there.replace(", ", "、")
    assert refusal["detail"] == f"角色 bob 没有 {name} 第 7 轮的权重；已保存的轮次：{chinese}。"
    assert used(client) == (8, 10)


@pytest.mark.parametrize("body", [{"sovits": 0}, {"gpt": "5"}, {"gpt": True}, {"gpt": 5.5}, {"epoch": 5}])
def test_what_is_no_epoch_is_422(client: StudioClient, bob: CharacterFolder, body: dict[str, Any]):
    assert client("PUT", WEIGHTS, json=body)[0] == 422
    assert used(client) == (8, 10)


def test_naming_no_epoch_is_422_in_both_languages(client: StudioClient, bob: CharacterFolder):
    for body in ({}, {"gpt": None}):
        status, refusal = client("PUT", WEIGHTS, json=body)
        assert (status, refusal["detail"]) == (422, "请指定 sovits 或 gpt 的轮次。")
        assert refusal["detail_en"] == "Name an epoch of sovits, of gpt, or of both."


def test_without_a_voice_there_is_nothing_to_choose(client: StudioClient):
    assert client("GET", WEIGHTS) == (404, {"detail": "角色不存在: bob"})
    assert client("PUT", WEIGHTS, json={"gpt": 5}) == (404, {"detail": "角色不存在: bob"})
    client.processed()
    nothing = {"epoch": None, "epochs": []}
    assert client("GET", WEIGHTS) == (200, {"sovits": nothing, "gpt": nothing})
    status, refusal = client("PUT", WEIGHTS, json={"gpt": 5})
    assert (status, refusal["detail"]) == (404, "角色 bob 还没有 GPT 权重，请先训练。")
    assert refusal["detail_en"] == "bob has no GPT weights yet: train it first."


def test_work_under_way_is_not_disturbed(client: StudioClient, bob: CharacterFolder):
    client("POST", "/characters/bob/training/start")
    status, busy = client("PUT", WEIGHTS, json={"gpt": 5})
    assert (status, busy["code"]) == (409, "busy")
    assert used(client) == (8, 10)


def test_cleaning_takes_the_choice_away(client: StudioClient, bob: CharacterFolder):
    client("PUT", WEIGHTS, json={"sovits": 4})
    assert client("POST", "/characters/bob/training/clean")[0] == 200
    assert not (bob.models / PICKED).exists()
    assert used(client) == (None, None)


def speaking(half: HalfName, step: str, epochs: tuple[int, ...], picked: int) -> Any:
    """A step that leaves weights and a sample of each epoch, one of which it picks."""

    def learn(plan: TrainingPlan, _: Any) -> None:
        place = plan.experiment / FOLDER
        place.mkdir(exist_ok=True)
        made = read_samples(plan.experiment)
        for epoch in epochs:
            name = f"{plan.name}_e{epoch}_s{epoch}.pth" if half == "sovits" else f"{plan.name}-e{epoch}.ckpt"
            (plan.exports / name).write_bytes(b"PK\x03\x04 begins a checkpoint")
            made.append(Sample(half, epoch, name, f"{half}-e{epoch}.wav", "你好。", "zh", 1.0))
            (place / made[-1].file).write_bytes(b"RIFF")
        (place / LIST).write_text(json.dumps([asdict(sample) for sample in made]), encoding="utf-8")
        heard = [{"epoch": epoch, "errors": 0.0, "text": ""} for epoch in epochs]
        note(plan.folder, step, epochs=epochs[-1], picked={"epoch": picked, "weights": "", "heard": heard})

    return learn


def run_training(client: StudioClient, second_half: Any = None) -> None:
    assert client("POST", "/characters/bob/training/start")[0] == 200
    claim = client.claim()
    sovits = speaking("sovits", SOVITS, (4, 8), 4)
    functions = {**FUNCTIONS, SOVITS: sovits, GPT: second_half or speaking("gpt", GPT, (5, 10), 5)}
    try:
        train(Job(dict(claim.job.parameters)).work, functions)
    except JobFailed as failed:
        client.worker.finish(claim, "failed", error=str(failed), error_zh=str(failed))
        return
    client.worker.finish(claim, "completed", {})


def samples(client: StudioClient) -> dict[str, tuple[bool, bool]]:
    status, found = client("GET", "/characters/bob/training/samples")
    assert status == 200
    return {one["file"]: (one["is_picked"], one["can_be_picked"]) for one in found}


def test_the_samples_show_what_was_chosen_until_another_training(client: StudioClient):
    client.processed()
    run_training(client)
    whole = {"sovits-e4.wav": (True, True), "sovits-e8.wav": (False, True)}
    whole |= {"gpt-e5.wav": (True, True), "gpt-e10.wav": (False, True)}
    assert samples(client) == whole
    client("PUT", WEIGHTS, json={"sovits": 8, "gpt": 10})
    assert [file for file, (is_picked, _) in samples(client).items() if is_picked] == ["sovits-e8.wav", "gpt-e10.wav"]
    run_training(client)
    assert samples(client) == whole, "the new training's own pick"


def test_samples_of_a_training_that_came_to_no_end_cannot_be_chosen(client: StudioClient):
    """Their epochs are saved, too, but of the voice of before, which sounds otherwise."""
    client.processed()
    run_training(client)
    client("PUT", WEIGHTS, json={"sovits": 8})
    client("PATCH", "/characters/bob/config", json={"epochs_s1": 3})

    def break_down(*_: Any) -> None:
        raise ZeroDivisionError

    run_training(client, break_down)
    assert samples(client) == {"sovits-e4.wav": (True, False), "sovits-e8.wav": (False, False)}
    assert used(client) == (8, 5), "the voice of before speaks on as it was chosen"
